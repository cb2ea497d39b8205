"""The life of a campaign, read from the log of what was done with it: draft, review, scheduled, live, paused, ended.

Nothing but the log is kept. What is live at an instant follows from it, also for instants of the past: an approval
holds from the later of its instant and the campaign's start, a pause from its instant to that of the resumption, an
end for good. So a purchase that arrives late is priced by what was live when it occurred. Pure.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.campaigns.model import CampaignVersion, Trigger
from enishi.kit.differences import Difference


class Action(StrEnum):
    """What somebody did with a campaign."""

    CREATE = "create"
    EDIT = "edit"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    REJECT = "reject"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class Change(Struct, frozen=True, kw_only=True):
    """One row of the log. ``change_id`` ascends over all campaigns; ``at`` is the instant at which it takes effect."""

    change_id: int
    campaign_id: UUID
    version: int
    action: Action
    at: datetime
    author: str
    reason: str
    diff: tuple[Difference, ...] = ()


class State(StrEnum):
    """What a campaign is at an instant."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SCHEDULED = "scheduled"
    LIVE = "live"
    PAUSED = "paused"
    ENDED = "ended"


class Standing(Struct, frozen=True, kw_only=True):
    """Where a campaign stands after its log.

    ``approved`` are (version, from when on). ``draft`` is a version that is being written, and ``in_review`` whether it
    waits for approval, beside what may be live meanwhile. ``writers`` are those who worked on it.
    """

    approved: tuple[tuple[int, datetime], ...] = ()
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()
    ended_at: datetime | None = None
    draft: int | None = None
    in_review: bool = False
    writers: frozenset[str] = frozenset()
    latest_change: int = 0

    @property
    def is_paused(self) -> bool:
        """Whether it is paused after its last change."""
        return bool(self.pauses) and self.pauses[-1][1] is None


def follow(log: Iterable[Change]) -> Standing:
    """Read a campaign's log in its order."""
    approved: list[tuple[int, datetime]] = []
    pauses: list[tuple[datetime, datetime | None]] = []
    ended_at: datetime | None = None
    draft: int | None = None
    in_review = False
    writers: set[str] = set()
    latest = 0
    for change in log:
        latest = change.change_id
        match change.action:
            case Action.CREATE | Action.EDIT:
                draft, in_review = change.version, False
                writers.add(change.author)
            case Action.SUBMIT:
                in_review = True
                writers.add(change.author)
            case Action.WITHDRAW | Action.REJECT:
                in_review = False
            case Action.APPROVE:
                approved.append((change.version, change.at))
                draft, in_review = None, False
                writers.clear()
            case Action.PAUSE:
                pauses.append((change.at, None))
            case Action.RESUME:
                pauses[-1] = (pauses[-1][0], change.at)
            case Action.END:
                ended_at, draft, in_review = change.at, None, False
    return Standing(
        approved=tuple(approved),
        pauses=tuple(pauses),
        ended_at=ended_at,
        draft=draft,
        in_review=in_review,
        writers=frozenset(writers),
        latest_change=latest,
    )


def state_at(standing: Standing, latest: CampaignVersion, now: datetime) -> State:
    """What the campaign is now. ``latest`` is the version approved last; the one being written where none is."""
    if standing.ended_at is not None:
        return State.ENDED
    if not standing.approved:
        return State.IN_REVIEW if standing.in_review else State.DRAFT
    if latest.rules.ends_at <= now:
        return State.ENDED
    if standing.is_paused:
        return State.PAUSED
    return State.SCHEDULED if now < latest.rules.starts_at else State.LIVE


class Span(Struct, frozen=True):
    """A version of a campaign and a stretch of time in which it was or will be live: ``since`` up to ``until``."""

    version: CampaignVersion
    since: datetime
    until: datetime


def spans_of(standing: Standing, versions: dict[int, CampaignVersion]) -> list[Span]:
    """When each version of a campaign is live. An approved version is replaced by the next from its approval on."""
    spans: list[Span] = []
    for place, (number, approved_at) in enumerate(standing.approved):
        version = versions[number]
        since = max(approved_at, version.rules.starts_at)
        until = version.rules.ends_at
        if place + 1 < len(standing.approved):
            until = min(until, standing.approved[place + 1][1])
        if standing.ended_at is not None:
            until = min(until, standing.ended_at)
        for paused_at, resumed_at in standing.pauses:
            if paused_at >= until:
                break
            if since < paused_at:
                spans.append(Span(version, since, paused_at))
            since = until if resumed_at is None else max(since, resumed_at)
        if since < until:
            spans.append(Span(version, since, until))
    return spans


class Schedule:
    """What is live at any instant, of campaigns that answer purchases and of those that welcome.

    ``latest_change`` is the newest change it knows: a copy with another is stale. ``versions`` are those that were ever
    written: a till whose clock is fast may have been given points of one that was ended before it came to be live.
    """

    def __init__(self, spans: Iterable[Span], latest_change: int = 0, versions: Iterable[CampaignVersion] = ()) -> None:
        self.spans = tuple(spans)
        self.latest_change = latest_change
        known = (*versions, *(one.version for one in self.spans))
        self.versions = {(one.campaign_id, one.version): one for one in known}
        self._purchase = _Stretches([one for one in self.spans if one.version.rules.trigger is Trigger.PURCHASE])
        self._joining = _Stretches([one for one in self.spans if one.version.rules.trigger is Trigger.JOINING])

    def live_at(self, instant: datetime) -> tuple[CampaignVersion, ...]:
        """The campaigns live at an instant, by code, that answer a purchase."""
        return self._purchase.at(instant)

    def welcoming_at(self, instant: datetime) -> tuple[CampaignVersion, ...]:
        """The campaigns live at an instant, by code, that welcome a new member."""
        return self._joining.at(instant)

    def between(self, since: datetime, until: datetime) -> tuple[Span, ...]:
        """The stretches that touch a period, in the order of time."""
        touching = [one for one in self.spans if one.since < until and since < one.until]
        return tuple(sorted(touching, key=lambda one: (one.since, one.version.code)))


class _Stretches:
    """Time cut at every beginning and end; between two cuts the same campaigns are live."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._cuts = sorted({cut for one in spans for cut in (one.since, one.until)})
        starts: dict[datetime, list[Span]] = {}
        for one in spans:
            starts.setdefault(one.since, []).append(one)
        live: list[Span] = []
        self._live: list[tuple[CampaignVersion, ...]] = [()]
        for cut in self._cuts:
            live = [one for one in live if one.until > cut] + starts.get(cut, [])
            self._live.append(tuple(one.version for one in sorted(live, key=lambda one: one.version.code)))

    def at(self, instant: datetime) -> tuple[CampaignVersion, ...]:
        return self._live[bisect_right(self._cuts, instant)] if self._cuts else ()


NO_CAMPAIGNS = Schedule(())
