"""Ranks around a batch: what is held behind the locks of the accounts, what purchases count for, and who rises.

It is read in the same journey as the accounts, and then everything is decided in memory. Whoever a purchase lifts gets
the rank, its history and what it gives in the transaction of the purchase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import ledger, program, ranks
from enishi.customers import BlindIdentifier
from enishi.flows.bases import RankBasis
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, Kind, Lot, Occasion, Posting
from enishi.program import ProgramSettings
from enishi.ranks import (
    Bought,
    Cause,
    Figures,
    GivenReward,
    LadderInForce,
    Member,
    Move,
    Notice,
    Person,
    PointsReward,
    RankAnswer,
    RankChange,
    RankOccasion,
    Snapshot,
    Standing,
)

RANK_CHANGED = "rank.changed"
_encode = msgspec.json.Encoder().encode


class Newcomer(Struct, gc=False, frozen=True):
    """Whom a receipt makes known, or who gets known by more: the day of it, and the identifiers that are linked."""

    customer_id: UUID
    is_new: bool
    on: date
    linked: Sequence[BlindIdentifier]


class RankDesk(Struct, gc=False):
    """The ranks of a batch's customers; what is decided changes it in memory, and ``write`` writes it.

    ``in_history``: history is replayed, so that what happens to ranks happens when the purchases occurred. ``tells``:
    it is asked how customers stand afterwards.
    """

    ladder: LadderInForce
    zone: ZoneInfo
    settings: ProgramSettings
    now: datetime
    today: date
    in_history: bool
    standings: dict[UUID, Standing]
    figures: Figures
    before: dict[UUID, Standing | None] = {}
    past: dict[tuple[UUID, datetime], tuple[str, int]] = {}
    changes: list[RankChange] = []
    rewards: list[GivenReward] = []
    tells: bool = True

    def rank_for(self, customer_id: UUID, occurred_at: datetime) -> tuple[str, int]:
        """Tier and level that a customer held at an instant. Of late receipts it has to be in ``past``."""
        standing = self.standings.get(customer_id)
        if standing is not None and occurred_at < standing.since and not self.in_history:
            known = self.past.get((customer_id, occurred_at))
            if known is not None:
                return known
            if customer_id in self.before:
                standing = self.before[customer_id]
        tier = self.ladder.tiers[ranks.level_in(self.ladder, standing)]
        return tier.code, tier.level

    def rank_pricing(self, customer_id: UUID, bought: Bought, occurred_at: datetime) -> tuple[str, int]:
        """Tier and level that price a purchase: those held when it occurred, or those it lifts to if policy says so.

        What it will earn is not known yet and does not count for itself.
        """
        held = self.rank_for(customer_id, occurred_at)
        if self.ladder.ladder.policies.priced_by == "rank_before":
            return held
        on = bought.day if self.in_history else max(self.today, bought.day)
        level = ranks.attained(self.ladder.plan, self.figures.answers_with(customer_id, bought, on))
        tier = self.ladder.tiers[max(level, held[1])]
        return tier.code, tier.level

    def settle(
        self,
        account: Account,
        bought: Bought,
        subject_id: UUID,
        occurred_at: datetime,
        *,
        cause: Cause = Cause.PURCHASE,
    ) -> tuple[Snapshot | None, tuple[Posting, ...]]:
        """Count a purchase, and give its customer the rank that it lifts to.

        Returns how the customer stands afterwards, and the entries of points that the rank gives; ``account`` is
        changed in memory.
        """
        customer_id = account.customer_id
        self.figures.count(customer_id, bought)
        on = bought.day if self.in_history else max(self.today, bought.day)
        at = occurred_at if self.in_history else self.now
        return self.look(account, RankOccasion(on, at, self.now, cause, subject_id), bought.store)

    def look(self, account: Account, occasion: RankOccasion, store: str) -> tuple[Snapshot | None, tuple[Posting, ...]]:
        """Lift a customer to what the figures give, where ranks rise at once."""
        customer_id = account.customer_id
        standing = self.standings.get(customer_id)
        held = ranks.level_in(self.ladder, standing)
        answers = self.figures.answers(customer_id, occasion.on)
        postings: tuple[Posting, ...] = ()
        rose_from = -1
        if self.ladder.ladder.policies.upgrade == "immediate":
            level = ranks.rises_above(self.ladder.plan, answers, held)
            if level > held:
                basis = ranks.basis_of(self.ladder, level, answers, occasion.on, self.figures.joined_on(customer_id))
                move = ranks.rise(self.ladder, Member(customer_id, standing), level, occasion, basis)
                if move is not None:
                    postings = self.carry_out(move, account, store)
                    standing, rose_from = move.standing, held
        if not self.tells:
            return None, postings
        return self._snapshot(customer_id, standing, answers, occasion.on, rose_from), postings

    def _snapshot(
        self, customer_id: UUID, standing: Standing | None, answers: list[int], on: date, rose_from: int
    ) -> Snapshot:
        keep_on = ranks.keep_day(self.ladder, standing, on)
        return Snapshot(
            self.ladder.version.version,
            ranks.level_in(self.ladder, standing),
            rose_from,
            None if standing is None else standing.since,
            None if standing is None else standing.keep_until,
            on,
            tuple(answers),
            keep_on,
            () if keep_on is None else tuple(self.figures.answers(customer_id, keep_on)),
            self.figures.joined_on(customer_id),
        )

    def carry_out(self, move: Move, account: Account, store: str) -> tuple[Posting, ...]:
        """Keep a move to be written; returns the entries of points that it gives, on the account in memory."""
        customer_id = move.standing.customer_id
        self.before.setdefault(customer_id, self.standings.get(customer_id))
        self.standings[customer_id] = move.standing
        change = move.change
        if change is None:
            return ()
        self.changes.append(change)
        postings: list[Posting] = []
        for tier, reward in move.rewards:
            entry_seq = None
            if isinstance(reward, PointsReward):
                postings.append(self._grant(account, reward, tier, change, store))
                entry_seq = postings[-1].seq
            self.rewards.append(ranks.given(change, tier, reward, entry_seq))
        return tuple(postings)

    def _grant(self, account: Account, reward: PointsReward, tier: str, change: RankChange, store: str) -> Posting:
        on = change.effective_at.astimezone(self.zone).date()
        until = (
            program.last_day_of(self.settings, on)
            if reward.valid_days is None
            else on + timedelta(days=reward.valid_days - 1)
        )
        rank = self.ladder.tiers[self.ladder.ladder.levels[tier]]
        basis = _encode(RankBasis(change.seq, change.ladder_version, tier, rank.name_ja, rank.name_en))
        lot = Lot(Kind.LIMITED if reward.limited else Kind.REGULAR, until, reward.points)
        return ledger.grant(account, lot, Occasion(store, change.effective_at, None, basis))

    def answer(self, customer_id: UUID) -> RankAnswer:
        """How a customer stands now."""
        answers = self.figures.answers(customer_id, self.today)
        standing = self.standings.get(customer_id)
        return ranks.answer_of(self.ladder, self._snapshot(customer_id, standing, answers, self.today, -1))

    def notice_for(self, customer_id: UUID) -> Notice | None:
        """The message that a customer is to get because the rank will fall soon as things stand; noted as requested."""
        standing = self.standings.get(customer_id)
        falls = None if standing is None else ranks.notice_due(self.ladder, standing, self.today)
        keep_on = ranks.keep_day(self.ladder, standing, self.today)
        if standing is None or standing.keep_until is None or falls is None or keep_on is None:
            return None
        answers = self.figures.answers(customer_id, keep_on)
        held = ranks.level_in(self.ladder, standing)
        target = max(ranks.attained(self.ladder.plan, answers), ranks.floor_of(self.ladder, standing, falls))
        if target >= held:
            return None
        if self.ladder.ladder.policies.downgrade == "one_step":
            target = held - 1
        self.before.setdefault(customer_id, standing)
        self.standings[customer_id] = msgspec.structs.replace(standing, noticed_for=standing.keep_until)
        return Notice(
            customer_id=customer_id,
            keep_until=standing.keep_until,
            tier=standing.tier,
            falls_on=falls,
            falls_to=self.ladder.tiers[target].code,
            basis=ranks.basis_of(self.ladder, held, answers, keep_on, self.figures.joined_on(customer_id)),
            requested_at=self.now,
        )

    def write(self, conn: Connection) -> None:
        """Write what was decided. Progress is written by itself."""
        touched = [self.standings[one] for one in self.before]
        ranks.write_moves(conn, touched, self.changes, self.rewards)
        if self.changes:
            insert_events(conn, RANK_CHANGED, [one.customer_id for one in self.changes], self.now)


def ask_ranks(  # noqa: PLR0917 - what ranks are read by
    conn: Connection,
    ladder: LadderInForce,
    settings: ProgramSettings,
    customer_ids: Iterable[UUID],
    now: datetime,
    days: Sequence[date] = (),
    *,
    in_history: bool = False,
) -> Callable[[], RankDesk]:
    """Ask for the ranks and figures of customers; call it behind the locks of their accounts.

    ``days`` are the earliest days by which figures will be asked for, besides today. In a pipeline the answer is waited
    for when it is called for.
    """
    wanted = list(customer_ids)
    zone = settings.zone_info
    today = now.astimezone(zone).date()
    # Keeping a rank may look at the month before, where its evaluation is still to come.
    last_month = today.replace(day=1) - timedelta(days=1)
    standings = ranks.ask_standings(conn, wanted)
    figures = ranks.ask_figures(conn, ladder.plan, zone, wanted, [today, last_month, *days])

    def take() -> RankDesk:
        return RankDesk(
            ladder=ladder,
            zone=zone,
            settings=settings,
            now=now,
            today=today,
            in_history=in_history,
            standings=standings(),
            figures=figures(),
        )

    return take


def know_people(desk: RankDesk, newcomers: Iterable[Newcomer]) -> None:
    """Count what the receipts of a batch tell of people: that they joined, and what they hold."""
    if not desk.ladder.plan.asks_customer:
        return
    people = desk.figures.people
    for one in newcomers:
        known = people.get(one.customer_id)
        if known is None and one.is_new:
            known = Person(one.on, frozenset())
        if known is not None and one.linked:
            known = Person(known.joined_on, known.held | {each.kind.value for each in one.linked})
        if known is not None:
            people[one.customer_id] = known


def know_past(conn: Connection, desk: RankDesk, receipts: Iterable[tuple[UUID, datetime]]) -> None:
    """Look up the ranks by which late receipts are priced: those that were held when they occurred."""
    if desk.in_history:
        return
    late = [
        (customer_id, at)
        for customer_id, at in receipts
        if (held := desk.standings.get(customer_id)) is not None and at < held.since
    ]
    if not late:
        return
    found = ranks.ranks_at(conn, [customer_id for customer_id, _ in late], [at for _, at in late])
    for key, (code, level) in zip(late, found, strict=True):
        known = desk.ladder.ladder.levels.get(code or "", min(level, len(desk.ladder.tiers) - 1))
        tier = desk.ladder.tiers[known]
        desk.past[key] = (tier.code, tier.level)
