"""Rules as they are tried on the past: a programme, campaigns and a ladder, and the state that they work on in memory.

The state is the one that live purchases are decided in, filled from nothing by replaying history; so the very code that
prices a receipt at the till prices it here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import Struct

from enishi import campaigns
from enishi.campaigns import BudgetDesk, CampaignRules, CampaignVersion, Schedule, Span
from enishi.flows.campaign_world import CampaignWorld
from enishi.flows.past_ranks import InForce, RankEvent
from enishi.flows.purchase_world import PurchaseWorld
from enishi.program import ProgramSettings, ProgramVersion
from enishi.ranks import LadderInForce

_FIRST = datetime.fromisoformat("1900-01-01T00:00:00+00:00")
_WEEKS_OF_A_YEAR = 52


class PastRules(Struct, frozen=True):
    """What purchases of the past are decided by, and what happened to ranks besides; ``ladder`` is that of the end."""

    versions: Sequence[ProgramVersion]
    schedule: Schedule
    rank_events: Sequence[RankEvent]

    @property
    def ladder(self) -> LadderInForce | None:
        """The ladder in force at the end; None where there is none."""
        ladders = [one.ladder for one in self.rank_events if isinstance(one, InForce)]
        return ladders[-1] if ladders else None


def open_world(rules: PastRules, now: datetime) -> PurchaseWorld:
    """A world in which nobody has bought yet."""
    return PurchaseWorld(
        versions=rules.versions,
        accounts={},
        now=now,
        campaigns=_open_campaigns(rules.schedule) if rules.schedule.spans else None,
        holds={},
        captured=[],
    )


def _open_campaigns(schedule: Schedule) -> CampaignWorld:
    desk = BudgetDesk()
    budgets: dict[campaigns.BudgetKey, int] = {}
    for version in schedule.versions.values():
        ceilings = version.rules.ceilings
        if ceilings.budget_points is not None:
            key = (version.campaign_id, campaigns.WHOLE_CAMPAIGN)
            budgets[key] = max(budgets.get(key, 0), ceilings.budget_points)
        for store, points in ceilings.store_budgets.items():
            key = (version.campaign_id, store)
            budgets[key] = max(budgets.get(key, 0), points)
    desk.hold((campaign_id, store, 0, points) for (campaign_id, store), points in budgets.items())
    for key, points in budgets.items():
        desk.know(key, points)
    return CampaignWorld(schedule, desk, histories={}, usage={}, claims=[], newcomers=set())


def as_if_always(settings: ProgramSettings, now: datetime) -> tuple[ProgramVersion, ...]:
    """A programme as if it had been in force from the beginning."""
    version = ProgramVersion(
        version=1, effective_at=_FIRST, published_at=now, author="draft", reason="draft", settings=settings
    )
    return (version,)


def with_drafts(
    live: Schedule, drafts: Mapping[str, CampaignRules], ids: Mapping[str, UUID], last: datetime
) -> tuple[Schedule, dict[str, int]]:
    """What is live when drafts take the place of the campaigns of their codes, and by how many days each was moved.

    A campaign that begins after ``last``, the newest purchase, is moved back by whole years of 52 weeks, so that it
    meets the same days of the week. ``ids`` are the campaigns that exist already.
    """
    spans: list[Span] = [one for one in live.spans if one.version.code not in drafts]
    moved: dict[str, int] = {}
    for number, (code, rules) in enumerate(drafts.items(), 1):
        days = _days_back(rules, last)
        moved[code] = days
        shifted = move_back(rules, days)
        version = CampaignVersion(
            campaign_id=ids.get(code) or UUID(int=number),
            code=code,
            version=0,
            rules=shifted,
            author="draft",
            reason="draft",
            created_at=shifted.starts_at,
        )
        spans.append(Span(version, shifted.starts_at, shifted.ends_at))
    return Schedule(spans), moved


def _days_back(rules: CampaignRules, last: datetime) -> int:
    year = timedelta(weeks=_WEEKS_OF_A_YEAR)
    begins, years = rules.starts_at, 0
    while begins > last:
        begins, years = begins - year, years + 1
    return years * year.days


def move_back(rules: CampaignRules, days: int) -> CampaignRules:
    """The same campaign so many days earlier."""
    if days == 0:
        return rules
    span = timedelta(days=days)
    valid_until: date | None = rules.award.valid_until
    award = rules.award if valid_until is None else msgspec.structs.replace(rules.award, valid_until=valid_until - span)
    return msgspec.structs.replace(rules, starts_at=rules.starts_at - span, ends_at=rules.ends_at - span, award=award)


def codes_of(schedule: Schedule) -> dict[UUID, str]:
    """The code of each campaign by its ID."""
    return {version.campaign_id: version.code for version in schedule.versions.values()}


def segments_of(schedules: Iterable[Schedule]) -> list[str]:
    """The segments that campaigns ask for."""
    return sorted(
        {
            name
            for schedule in schedules
            for version in schedule.versions.values()
            for name in (*version.rules.conditions.segments, *version.rules.conditions.segments_except)
        }
    )
