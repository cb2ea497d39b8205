"""Ranks that change without a purchase: by a claim, by points that were confirmed, by goods that came back, by hand.

Each happens in the transaction of its cause, behind the lock of the member's account, once what was bought is counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import audit, customers, ledger, program, ranks
from enishi.flows.context import PurchaseContext
from enishi.flows.rank_desk import RankDesk, ask_ranks
from enishi.flows.return_pricing import settings_of
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import Account, MergedAccounts, MissingAccounts, Posting
from enishi.ranks import Cause, Member, NoLadder, Override, RankAnswer, RankChange, RankOccasion

MAX_REASON = 500
OVERRIDDEN = "ranks.override"
OVERRIDE_ENDED = "ranks.override_ended"


class Touched(Struct, gc=False, frozen=True):
    """Whose figures have changed, by what, and in which store."""

    customer_id: UUID
    subject_id: UUID
    store: str


def open_ranks(
    conn: Connection, context: PurchaseContext, customer_ids: Sequence[UUID], now: datetime, days: Sequence[date] = ()
) -> RankDesk | None:
    """The ranks of customers as they stand; None while no ladder is in force. ``days`` are looked at besides today."""
    ladder = ranks.ladder_at(context.ladders(conn), now)
    if ladder is None:
        return None
    settings = settings_of(program.version_at(context.versions(conn), now))
    return ask_ranks(conn, ladder, settings, customer_ids, now, days)()


def lift_ranks(
    conn: Connection,
    context: PurchaseContext,
    accounts: Mapping[UUID, Account],
    touched: Sequence[Touched],
    cause: Cause,
    *,
    now: datetime,
) -> None:
    """Lift whom their figures lift, and write what that gives. Call it once the figures are written."""
    desk = open_ranks(conn, context, list({one.customer_id for one in touched}), now) if touched else None
    if desk is None:
        return
    postings: list[Posting] = []
    for one in touched:
        occasion = RankOccasion(desk.today, now, now, cause, one.subject_id)
        postings += desk.look(accounts[one.customer_id], occasion, one.store)[1]
    _write(conn, desk, accounts, postings)


def lower_ranks(
    conn: Connection,
    context: PurchaseContext,
    accounts: Mapping[UUID, Account],
    touched: Sequence[Touched],
    *,
    now: datetime,
) -> None:
    """Take back at once what goods that came back had lifted, where the ladder says so.

    A rank that is kept is held for what was bought when it was attained or confirmed, not for what has been bought
    since. So it falls only when what is left of that would not have given it. After a merge it is the rank of the
    customer who goes on.
    """
    ladder = ranks.ladder_at(context.ladders(conn), now) if touched else None
    if ladder is None or ladder.ladder.policies.on_return != "immediate":
        return
    desk = open_ranks(conn, context, list({one.customer_id for one in touched}), now)
    falling = [] if desk is None else [one for one in touched if may_fall_back(desk, one.customer_id)]
    if desk is None or not falling:
        return
    last = _lifted_by(conn, list({one.customer_id for one in falling}))
    days = [
        day
        for customer_id, change in last.items()
        for day in ranks.days_that_gave(ladder, desk.standings[customer_id], change, desk.today)
    ]
    # What was bought by the days on which these ranks were given is asked for as well.
    desk = open_ranks(conn, context, list(last), now, days)
    if desk is None:
        return
    for one in falling:
        # A return further up may have let them fall already.
        if may_fall_back(desk, one.customer_id):
            occasion = RankOccasion(desk.today, now, now, Cause.RETURN, one.subject_id)
            fall_back(desk, accounts[one.customer_id], occasion, last[one.customer_id], one.store)
    desk.write(conn)


def _lifted_by(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, RankChange]:
    """The newest changes of ranks; of those that came with a merge, what had given them to the absorbed customers."""
    newest = ranks.newest_changes(conn, customer_ids)
    for customer_id, last in newest.items():
        if last.cause is Cause.MERGE and last.subject_id is not None:
            before = ranks.select_changes(conn, [last.subject_id], 2)[1:]
            if before:
                lower = max(before[0], last, key=lambda one: one.from_level)
                newest[customer_id] = msgspec.structs.replace(
                    before[0], from_tier=lower.from_tier, from_level=lower.from_level
                )
    return newest


def may_fall_back(desk: RankDesk, customer_id: UUID) -> bool:
    """Whether a member holds more than their figures give."""
    standing = desk.standings.get(customer_id)
    if standing is None:
        return False
    answers = desk.figures.answers(customer_id, desk.today)
    return ranks.attained(desk.ladder.plan, answers) < ranks.level_in(desk.ladder, standing)


def fall_back(desk: RankDesk, account: Account, occasion: RankOccasion, last: RankChange, store: str) -> None:
    """Take back, in memory, what goods that came back had lifted; ``last`` is the member's newest change.

    The figures have to reach back to the days on which the rank was given (``ranks.days_that_gave``).
    """
    customer_id = account.customer_id
    standing = desk.standings.get(customer_id)
    if standing is None:
        return
    days = ranks.days_that_gave(desk.ladder, standing, last, occasion.on)
    qualified = max(
        ranks.attained(desk.ladder.plan, desk.figures.answers(customer_id, day)) for day in (occasion.on, *days)
    )
    answers = desk.figures.answers(customer_id, occasion.on)
    held = ranks.level_in(desk.ladder, standing)
    basis = ranks.basis_of(desk.ladder, held, answers, occasion.on, desk.figures.joined_on(customer_id))
    move = ranks.undo(desk.ladder, Member(customer_id, standing), qualified, occasion, basis, last=last)
    if move is not None:
        desk.carry_out(move, account, store)


def _write(conn: Connection, desk: RankDesk, accounts: Mapping[UUID, Account], postings: Sequence[Posting]) -> None:
    touched = {one.customer_id for one in postings}
    ledger.write_postings(conn, [accounts[one] for one in touched], postings, desk.now)
    desk.write(conn)


def override_rank(
    conn: Connection,
    context: PurchaseContext,
    customer_id: UUID,
    given: Override | None,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> RankAnswer:
    """Give a rank by hand, or end that with None; in a transaction of its own, and audited.

    Refuses with ``NotFound``, ``NoLadder``, ``UnknownTier`` and ``InvalidRequest``, having changed nothing.
    """
    reason = reason.strip()
    if not 1 <= len(reason) <= MAX_REASON:
        raise InvalidRequest(
            "The reason is empty or too long.", field="reason", remedy=f"Say in 1 to {MAX_REASON} characters why."
        )
    try:
        with conn.transaction():
            return _override(conn, context, customer_id, given, reason=reason, actor=actor, now=now)
    except MissingAccounts:
        with conn.transaction():
            ledger.open_accounts(conn, [customer_id])
        return override_rank(conn, context, customer_id, given, reason=reason, actor=actor, now=now)
    except MergedAccounts:
        return override_rank(conn, context, customer_id, given, reason=reason, actor=actor, now=now)


def _override(
    conn: Connection,
    context: PurchaseContext,
    customer_id: UUID,
    given: Override | None,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> RankAnswer:
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    customer_id = customers.survivor_of(conn, customer_id)
    accounts = ledger.lock_accounts(conn, [customer_id])
    desk = open_ranks(conn, context, [customer_id], now)
    if desk is None:
        raise NoLadder("No ladder is in force, so there are no ranks to give.", remedy="Publish a ladder first.")
    _check_override(desk, customer_id, given)
    cause = Cause.OVERRIDE if given is not None else Cause.OVERRIDE_ENDED
    occasion = RankOccasion(desk.today, now, now, cause, None, actor, reason)
    postings = carry_out_override(desk, accounts[customer_id], given, occasion)
    _write(conn, desk, accounts, postings)
    audit.record_event(
        conn,
        actor=actor,
        action=OVERRIDDEN if given is not None else OVERRIDE_ENDED,
        target=f"customer:{customer_id}",
        detail={
            "tier": desk.standings[customer_id].tier,
            "exact": given is not None and given.exact,
            "until": None if given is None or given.until is None else given.until.isoformat(),
            "reason": reason,
        },
        at=now,
    )
    return desk.answer(customer_id)


def carry_out_override(
    desk: RankDesk, account: Account, given: Override | None, occasion: RankOccasion
) -> tuple[Posting, ...]:
    """Give or end a rank by hand, in memory; returns the entries of points that it gives."""
    customer_id = account.customer_id
    answers = desk.figures.answers(customer_id, desk.today)
    joined_on = desk.figures.joined_on(customer_id)
    qualified = ranks.attained(desk.ladder.plan, answers)
    level = qualified if given is None else desk.ladder.ladder.levels[given.tier]
    basis = ranks.basis_of(desk.ladder, level, answers, desk.today, joined_on)
    member = Member(customer_id, desk.standings.get(customer_id))
    move = ranks.override(desk.ladder, member, qualified, occasion, basis, given=given)
    return desk.carry_out(move, account, "")


def _check_override(desk: RankDesk, customer_id: UUID, given: Override | None) -> None:
    if given is not None:
        ranks.find_tier(desk.ladder, given.tier)
        _check_end(given.until, desk.today)
        return
    standing = desk.standings.get(customer_id)
    if standing is None or standing.override is None:
        raise InvalidRequest("No rank was given to this customer by hand.", field="customer_id")


def _check_end(until: date | None, today: date) -> None:
    if until is not None and until < today:
        raise InvalidRequest(
            f"The rank would end on {until.isoformat()}, before today.",
            field="until",
            remedy="Choose today or a later day, or leave it out.",
        )


def read_ranks(
    conn: Connection, context: PurchaseContext, customer_ids: Sequence[UUID], now: datetime
) -> dict[UUID, RankAnswer]:
    """The rank of each customer and what is missing; nothing while no ladder is in force."""
    desk = open_ranks(conn, context, customer_ids, now) if customer_ids else None
    return {} if desk is None else {one: desk.answer(one) for one in customer_ids}
