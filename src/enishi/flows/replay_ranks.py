"""Ranks in a replay: which ladder decides, evaluations, and what was done by hand, each in its time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from enishi import program, ranks
from enishi.flows.past_ranks import ByHand, Evaluated, InForce, RankEvent
from enishi.flows.past_rules import PastRules
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.rank_changes import carry_out_override, fall_back, may_fall_back
from enishi.flows.rank_desk import RankDesk
from enishi.ledger import Account, Posting
from enishi.program import ProgramSettings
from enishi.ranks import (
    Bought,
    Cause,
    ChangeBasis,
    Figures,
    LadderInForce,
    Member,
    Person,
    RankChange,
    RankOccasion,
)

NO_RANK = ""
"""The rank of everybody where there is no ladder."""
Given = tuple[UUID, tuple[Posting, ...]]


class RankReplay:
    """The ranks of one replay. Figures are kept from the beginning, also while no ladder is in force."""

    def __init__(self, rules: PastRules, world: PurchaseWorld, zone: ZoneInfo, now: datetime) -> None:
        """Begin before everything that happened to ranks; ``world`` has no ranks until a ladder is in force."""
        self._world = world
        self._zone = zone
        self._events = rules.rank_events
        self._next = 0
        ladders = [one.ladder for one in rules.rank_events if isinstance(one, InForce)]
        self._keeps_bought = any(one.plan.filtered for one in ladders)
        self._desk: RankDesk | None = _open_desk(ladders[0], rules, zone, now) if ladders else None
        self._last: dict[UUID, RankChange] = {}
        self.evaluations = 0
        self.overrides = 0
        self.rewards: dict[str, int] = {}
        """Points that each tier has given."""

    @property
    def next_at(self) -> datetime | None:
        """When the next thing happens; None when nothing does any more."""
        return self._events[self._next].at if self._next < len(self._events) else None

    @property
    def desk(self) -> RankDesk | None:
        """Ranks as they stand; None before the first ladder."""
        return self._world.ranks

    def meet(self, customer_id: UUID, person: Person) -> None:
        """Make a customer known."""
        if self._desk is not None:
            self._desk.figures.people[customer_id] = person

    def by_settings(self, settings: ProgramSettings) -> None:
        """Points that ranks give expire as the programme in force says."""
        if self._desk is not None:
            self._desk.settings = settings

    def tier_at(self, customer_id: UUID, at: datetime) -> str:
        """The tier that somebody holds."""
        desk = self._world.ranks
        return NO_RANK if desk is None else desk.rank_for(customer_id, at)[0]

    def held(self, customer_id: UUID) -> tuple[str, int]:
        """Tier and level that somebody holds as things stand."""
        desk = self._world.ranks
        if desk is None:
            return NO_RANK, 0
        tier = desk.ladder.tiers[ranks.level_in(desk.ladder, desk.standings.get(customer_id))]
        return tier.code, tier.level

    def happen(self) -> list[Given]:
        """Let the next thing happen; returns the entries of points that it gives, by member."""
        event: RankEvent = self._events[self._next]
        self._next += 1
        desk = self._desk
        if desk is None:
            return []
        match event:
            case InForce():
                desk.ladder, desk.figures.plan = event.ladder, event.ladder.plan
                self._world.ranks = desk
                return []
            case Evaluated():
                self.evaluations += 1
                return list(self._evaluate(desk, event))
            case ByHand():
                return list(self._by_hand(desk, event))

    def _evaluate(self, desk: RankDesk, event: Evaluated) -> Iterator[Given]:
        ladder = event.ladder
        before = desk.ladder, desk.figures.plan
        desk.ladder, desk.figures.plan = ladder, ladder.plan
        counted = ranks.looks_at(event.on, by_months=ladder.plan.counts_months)
        bases = [ChangeBasis(event.on, tier.code) for tier in ladder.tiers]
        occasion = RankOccasion(event.on, event.at, event.at, Cause.EVALUATION)
        for customer_id in sorted(desk.figures.months):
            member = Member(customer_id, desk.standings.get(customer_id))
            level = ranks.attained(ladder.plan, desk.figures.answers(customer_id, counted))
            move = ranks.evaluate(ladder, member, level, occasion, bases.__getitem__)
            if move is not None:
                postings = desk.carry_out(move, self._world.accounts[customer_id], "")
                self._forget()
                if postings:
                    yield customer_id, postings
        desk.ladder, desk.figures.plan = before

    def _by_hand(self, desk: RankDesk, event: ByHand) -> Iterator[Given]:
        account = self._world.accounts.get(event.customer_id)
        given = event.given
        unknown = given is not None and given.tier not in desk.ladder.ladder.levels
        if account is None or unknown or self._world.ranks is None:
            return
        self.overrides += 1
        desk.today = event.at.astimezone(self._zone).date()
        cause = Cause.OVERRIDE if given is not None else Cause.OVERRIDE_ENDED
        occasion = RankOccasion(desk.today, event.at, event.at, cause)
        postings = carry_out_override(desk, account, given, occasion)
        self._forget()
        yield event.customer_id, postings

    def settled(self, customer_id: UUID, make_bought: Callable[[], Bought], *, keep: bool) -> Bought | None:
        """Take note that a purchase was decided; returns how ranks count it, where that is to be kept."""
        desk = self._desk
        if desk is None:
            return None
        self._forget()
        counted = self._world.ranks is not None
        if counted and desk.ladder.plan.filtered:
            return desk.figures.bought[customer_id][-1]
        if counted and not keep and not self._keeps_bought:
            return None
        bought = make_bought()
        if not counted:
            desk.figures.count(customer_id, bought)
        if self._keeps_bought and not desk.figures.plan.filtered:
            desk.figures.bought.setdefault(customer_id, []).append(bought)
        return bought

    def change_bought(self, customer_id: UUID, was: Bought, left: Bought, *, empties_day: bool) -> None:
        """A purchase counts for less than before, or for more."""
        if self._desk is not None:
            self._desk.figures.take_off(customer_id, was, left, empties_day=empties_day)

    def look(  # noqa: PLR0917 - the occasion, spelled out
        self, account: Account, on: date, at: datetime, cause: Cause, subject_id: UUID, store: str
    ) -> tuple[Posting, ...]:
        """Lift a member whose figures lift them; returns the entries of points that it gives."""
        desk = self._world.ranks
        if desk is None:
            return ()
        _, postings = desk.look(account, RankOccasion(on, at, at, cause, subject_id), store)
        self._forget()
        return postings

    def lower(self, account: Account, on: date, at: datetime, return_id: UUID, store: str) -> None:
        """Let a member fall whom goods had lifted that came back, where the ladder says so."""
        desk = self._world.ranks
        if desk is None or desk.ladder.ladder.policies.on_return != "immediate":
            return
        desk.today = on
        last = self._last.get(account.customer_id)
        if last is not None and may_fall_back(desk, account.customer_id):
            fall_back(desk, account, RankOccasion(on, at, at, Cause.RETURN, return_id), last, store)
            self._forget()

    def _forget(self) -> None:
        """Keep of what was decided only what is asked for again."""
        desk = self._desk
        if desk is None or not (desk.changes or desk.before):
            return
        for change in desk.changes:
            self._last[change.customer_id] = change
        for reward in desk.rewards:
            if reward.points is not None:
                self.rewards[reward.tier] = self.rewards.get(reward.tier, 0) + reward.points
        desk.changes.clear()
        desk.rewards.clear()
        desk.before.clear()


def _open_desk(ladder: LadderInForce, rules: PastRules, zone: ZoneInfo, now: datetime) -> RankDesk:
    settings = rules.versions[-1].settings if rules.versions else program.default_settings()
    return RankDesk(
        ladder=ladder,
        zone=zone,
        settings=settings,
        now=now,
        today=program.day_in_zone(now, zone),
        in_history=True,
        standings={},
        figures=Figures(ladder.plan, zone, {}, {}, {}),
        before={},
        past={},
        changes=[],
        rewards=[],
        tells=False,
    )
