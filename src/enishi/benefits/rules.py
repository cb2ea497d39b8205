"""What a customer is entitled to, and why: pure, so that the counter, the shop, my page and a preview all agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from enishi.benefits.model import (
    Benefit,
    BenefitKind,
    BenefitState,
    BenefitVersion,
    Check,
    Entitlement,
    Grant,
    Limit,
    Occasion,
    Per,
    Standing,
    TierName,
)

Used = Mapping[tuple[str, str], Sequence[int]]
"""The numbers that were given, by benefit and slot; those taken back are not among them."""

_REASONS: dict[str, BenefitState] = {
    "rank": BenefitState.RANK_NEEDED,
    "grant": BenefitState.NOT_GRANTED,
    "store": BenefitState.OTHER_STORE,
    "channel": BenefitState.OTHER_CHANNEL,
    "product": BenefitState.OTHER_PRODUCT,
    "opening": BenefitState.NOT_YET,
    "amount": BenefitState.AMOUNT_NEEDED,
    "limit": BenefitState.USED_UP,
}


def version_at(versions: Sequence[BenefitVersion], at: datetime) -> BenefitVersion | None:
    """The version in force: of those that have taken effect the latest, and of several the highest number."""
    in_force = [one for one in versions if one.effective_at <= at]
    return max(in_force, key=lambda one: (one.effective_at, one.version), default=None)


def day_of(at: datetime, zone: str) -> date:
    """The day of an instant in a zone."""
    return at.astimezone(ZoneInfo(zone)).date()


def slot_of(limit: Limit, occasion: Occasion) -> str | None:
    """The name of the period in which a limit counts now; None for a visit to a store that is not known."""
    day = day_of(occasion.at, occasion.zone)
    match limit.per:
        case Per.EVER:
            return "ever"
        case Per.VISIT:
            return None if occasion.store is None else f"{day.isoformat()}@{occasion.store}"
        case Per.DAY:
            return day.isoformat()
        case Per.MONTH:
            return f"{day:%Y-%m}"
        case Per.QUARTER:
            return f"{day.year:04}-Q{(day.month + 2) // 3}"
        case Per.YEAR:
            return f"{day.year:04}"


def slots_of(benefits: Sequence[Benefit], grants: Sequence[Grant], occasion: Occasion) -> list[str]:
    """Every slot whose gives have to be known to assess these benefits."""
    slots = {slot for one in benefits if one.limit and (slot := slot_of(one.limit, occasion))}
    return sorted(slots | {grant_slot(one) for one in grants})


def grant_slot(grant: Grant) -> str:
    """The slot of a grant: it is given once."""
    return f"grant:{grant.grant_id}"


def holds_rank(benefit: Benefit, standing: Standing) -> bool:
    """Whether the rank that is held entitles to the benefit. A tier that the ladder does not have entitles nobody."""
    if benefit.tier is None:
        return True
    wanted = standing.find(benefit.tier)
    if wanted is None or standing.level is None:
        return False
    return standing.level >= wanted.level if benefit.and_above else standing.level == wanted.level


def entitled_tiers(benefit: Benefit, tiers: Sequence[TierName]) -> tuple[str, ...]:
    """The codes of the tiers whose members have the benefit by their rank; of none while only rewards give it."""
    if benefit.rewards_only:
        return ()
    return tuple(one.code for one in tiers if holds_rank(benefit, Standing(one.level, tuple(tiers))))


def opening_of(benefit: Benefit, standing: Standing) -> datetime | None:
    """From when on a customer may buy: the earliest of the windows of their tier and those below it.

    None when it never opens for them.
    """
    own = [
        window.opens_at
        for window in benefit.windows
        if (tier := standing.find(window.tier)) is not None
        and standing.level is not None
        and standing.level >= tier.level
    ]
    return min([*own, *([] if benefit.opens_at is None else [benefit.opens_at])], default=None)


def assess(
    benefit: Benefit, standing: Standing, occasion: Occasion, used: Used, grants: Sequence[Grant] = ()
) -> Entitlement:
    """How a customer stands to a benefit now. Every condition is looked at; the first that fails names the state."""
    checks = [*_check_who(benefit, standing, occasion, grants), *_check_when(benefit, standing, occasion)]
    checks += _check_where(benefit, occasion)
    slot, number, left, counted = _count(benefit, occasion, used, grants)
    checks += counted
    failing = next((one for one in checks if not one.holds), None)
    state = BenefitState.AVAILABLE if failing is None else _state_of(failing, benefit, occasion)
    opens_at = opening_of(benefit, standing) if benefit.kind is BenefitKind.EARLY_ACCESS else benefit.from_at
    return Entitlement(
        benefit,
        state,
        tuple(checks),
        slot=slot,
        number=number,
        left=left,
        opens_at=opens_at if opens_at is not None and opens_at > occasion.at else None,
    )


def assess_all(
    benefits: Sequence[Benefit], standing: Standing, occasion: Occasion, used: Used, grants: Sequence[Grant] = ()
) -> list[Entitlement]:
    """Every benefit as a customer stands to it, those that are available first, each in the published order."""
    assessed = [assess(one, standing, occasion, used, grants) for one in benefits]
    return sorted(assessed, key=lambda one: (one.state is not BenefitState.AVAILABLE, not one.is_due))


def _state_of(failing: Check, benefit: Benefit, occasion: Occasion) -> BenefitState:
    if failing.rule == "period":
        return (
            BenefitState.NOT_YET
            if benefit.from_at is not None and occasion.at < benefit.from_at
            else BenefitState.ENDED
        )
    return _REASONS[failing.rule]


def _check_who(benefit: Benefit, standing: Standing, occasion: Occasion, grants: Sequence[Grant]) -> Iterator[Check]:
    if benefit.tier is not None:
        needed = f"{benefit.tier}+" if benefit.and_above else benefit.tier
        held = standing.tier
        yield Check("rank", holds_rank(benefit, standing), "" if held is None else held.code, needed)
    if benefit.rewards_only:
        own = _valid_grants(benefit, occasion, grants)
        yield Check("grant", bool(own), str(len(own)), "1")


def _check_when(benefit: Benefit, standing: Standing, occasion: Occasion) -> Iterator[Check]:
    if benefit.from_at is not None or benefit.until_at is not None:
        begun = benefit.from_at is None or occasion.at >= benefit.from_at
        over = benefit.until_at is not None and occasion.at >= benefit.until_at
        needed = f"{_spell(benefit.from_at)}/{_spell(benefit.until_at)}"
        yield Check("period", begun and not over, occasion.at.isoformat(), needed)
    if benefit.kind is BenefitKind.EARLY_ACCESS:
        opens_at = opening_of(benefit, standing)
        is_open = opens_at is not None and occasion.at >= opens_at
        yield Check("opening", is_open, occasion.at.isoformat(), _spell(opens_at))


def _check_where(benefit: Benefit, occasion: Occasion) -> Iterator[Check]:
    if benefit.stores and occasion.store is not None:
        yield Check("store", occasion.store in benefit.stores, occasion.store, ",".join(benefit.stores))
    if benefit.channels and occasion.channel is not None:
        yield Check("channel", occasion.channel in benefit.channels, occasion.channel, ",".join(benefit.channels))
    if benefit.skus and occasion.sku is not None:
        yield Check("product", occasion.sku in benefit.skus, occasion.sku, ",".join(benefit.skus))
    if benefit.min_amount_yen and occasion.amount_yen is not None:
        enough = occasion.amount_yen >= benefit.min_amount_yen
        yield Check("amount", enough, str(occasion.amount_yen), str(benefit.min_amount_yen))


def _count(
    benefit: Benefit, occasion: Occasion, used: Used, grants: Sequence[Grant]
) -> tuple[str | None, int | None, int | None, list[Check]]:
    """Slot, next number and how many are left in it, with the check of the limit."""
    if benefit.rewards_only:
        open_grants = [
            one for one in _valid_grants(benefit, occasion, grants) if not used.get((benefit.code, grant_slot(one)))
        ]
        valid = len(_valid_grants(benefit, occasion, grants))
        checks = [Check("limit", bool(open_grants), str(valid - len(open_grants)), str(valid))] if valid else []
        slot = grant_slot(open_grants[0]) if open_grants else None
        return slot, 1 if open_grants else None, len(open_grants), checks
    if benefit.limit is None:
        return None, None, None, []
    slot = slot_of(benefit.limit, occasion)
    if slot is None:
        return None, None, benefit.limit.times, []
    numbers = set(used.get((benefit.code, slot), ()))
    times = benefit.limit.times
    left = max(0, times - len(numbers))
    number = next((one for one in range(1, times + 1) if one not in numbers), None) if left else None
    return slot, number, left, [Check("limit", left > 0, str(len(numbers)), str(times))]


def _valid_grants(benefit: Benefit, occasion: Occasion, grants: Sequence[Grant]) -> list[Grant]:
    today = day_of(occasion.at, occasion.zone)
    own = [
        one for one in grants if one.benefit == benefit.code and (one.valid_until is None or one.valid_until >= today)
    ]
    return sorted(own, key=lambda one: (one.valid_until or date.max, one.granted_at, one.grant_id.bytes))


def _spell(at: datetime | None) -> str:
    return "" if at is None else at.isoformat()
