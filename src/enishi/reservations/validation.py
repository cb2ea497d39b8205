"""What makes a store's settings fit to be published. Every problem is found at once, with its field and remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from enishi.reservations.model import Problem
from enishi.reservations.settings import BookingSettings, Quota, Service, Span, Week

_WEEKDAYS = 7


def validate(settings: BookingSettings, tiers: Collection[str] | None = None) -> list[Problem]:
    """List everything that keeps these settings from being published; empty when they are fit.

    ``tiers`` are the codes of the ranks in force; None skips the question.
    """
    slot = settings.slot_minutes
    problems = [*_check_week("week", settings.week, slot)]
    resources = [one.code for one in settings.resources]
    problems += _check_twice("resources", resources)
    problems += _check_twice("services", [one.code for one in settings.services])
    problems += _check_twice("quotas", [one.code for one in settings.quotas])
    for index, resource in enumerate(settings.resources):
        if resource.week is not None:
            problems += _check_week(f"resources[{index}].week", resource.week, slot)
    for index, service in enumerate(settings.services):
        problems += _check_service(f"services[{index}]", service, slot, resources)
    for index, one in enumerate(settings.exceptions):
        field = f"exceptions[{index}]"
        problems += _check_spans(f"{field}.spans", one.spans, slot)
        if one.resource and one.resource not in resources:
            problems.append(_unknown(f"{field}.resource", one.resource))
    problems += _check_twice("exceptions", [f"{one.on} {one.resource}".strip() for one in settings.exceptions])
    for index, quota in enumerate(settings.quotas):
        problems += _check_quota(f"quotas[{index}]", quota, settings)
    problems += _check_early(settings)
    if tiers is not None:
        problems += _check_tiers(settings, tiers)
    return problems


def _check_week(field: str, week: Week, slot: int) -> Iterator[Problem]:
    if len(week) != _WEEKDAYS:
        yield Problem(field, f"There are {len(week)} weekdays.", "Give seven, Monday first; a closed day is empty.")
    for index, spans in enumerate(week):
        yield from _check_spans(f"{field}[{index}]", spans, slot)


def _check_spans(field: str, spans: Sequence[Span], slot: int) -> Iterator[Problem]:
    last = 0
    for index, one in enumerate(spans):
        place = f"{field}[{index}]"
        if one.closes <= one.opens:
            yield Problem(place, "It closes before it opens.", "Let the end be after the beginning.")
        elif one.opens < last:
            yield Problem(place, "It overlaps the one before.", "Order the times of a day, without overlaps.")
        if one.opens % slot or one.closes % slot:
            yield Problem(place, f"It is not on the grid of {slot} minutes.", f"Use multiples of {slot} minutes.")
        last = max(last, one.closes)


def _check_service(field: str, service: Service, slot: int, resources: Collection[str]) -> Iterator[Problem]:
    for code in service.resources:
        if code not in resources:
            yield _unknown(f"{field}.resources", code)
    yield from _check_twice(f"{field}.resources", service.resources)
    if service.every_minutes is not None and service.every_minutes % slot:
        yield Problem(
            f"{field}.every_minutes",
            f"{service.every_minutes} minutes are not on the grid of {slot}.",
            f"Use a multiple of {slot} minutes.",
        )


def _check_quota(field: str, quota: Quota, settings: BookingSettings) -> Iterator[Problem]:
    kinds = {one.kind for one in settings.resources if one.code in quota.resources}
    for code in quota.resources:
        if settings.resource(code) is None:
            yield _unknown(f"{field}.resources", code)
    if len(kinds) > 1:
        yield Problem(
            f"{field}.resources",
            "The resources are of several kinds, so one booking would count more than once.",
            "Name resources of one kind, or make a quota for each.",
        )
    if quota.closes <= quota.opens:
        yield Problem(f"{field}.closes", "It closes before it opens.", "Let the end be after the beginning.")
    if quota.days_before >= max([settings.horizon_days, *(one.days for one in settings.early)]):
        yield Problem(
            f"{field}.days_before",
            f"Slots open to everybody {quota.days_before} days before, when nobody can book yet.",
            "Choose fewer days than members can book ahead.",
        )


def _check_early(settings: BookingSettings) -> Iterator[Problem]:
    yield from _check_twice("early", [one.tier for one in settings.early])
    for index, one in enumerate(settings.early):
        if one.days <= settings.horizon_days:
            yield Problem(
                f"early[{index}].days",
                f"{one.days} days are no more than the {settings.horizon_days} of everybody.",
                "Choose more days than everybody has, or leave it out.",
            )


def _check_tiers(settings: BookingSettings, tiers: Collection[str]) -> Iterator[Problem]:
    named = [(f"early[{index}].tier", one.tier) for index, one in enumerate(settings.early)]
    named += [(f"quotas[{index}].tier", one.tier) for index, one in enumerate(settings.quotas)]
    for field, tier in named:
        if tier not in tiers:
            remedy = f"Use one of: {', '.join(tiers)}." if tiers else "Publish a ladder of ranks first."
            yield Problem(field, f"There is no rank {tier!r}.", remedy)


def _check_twice(field: str, codes: Sequence[str]) -> Iterator[Problem]:
    for index, code in enumerate(codes):
        if code in codes[:index]:
            yield Problem(f"{field}[{index}]", f"{code!r} is listed twice.", "List each once.")


def _unknown(field: str, code: str) -> Problem:
    return Problem(field, f"There is no resource {code!r}.", "Name one of the store's resources.")
