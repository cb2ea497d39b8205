"""The evaluation of all members: who rises, who is confirmed, who falls; and what is due every day besides.

It goes through the members page by page. A page is looked at without locks, and only whoever may move is locked and
looked at again; so it runs beside live traffic. It may be cut off and run again: a second run changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import audit, customers, ledger, program, ranks
from enishi.flows.context import PurchaseContext
from enishi.flows.rank_changes import carry_out_override, open_ranks
from enishi.flows.rank_desk import RankDesk, ask_ranks
from enishi.flows.return_pricing import settings_of
from enishi.kit import clock
from enishi.ledger import Account, MergedAccounts, MissingAccounts, Posting
from enishi.program import ProgramSettings
from enishi.ranks import (
    Cause,
    ChangeBasis,
    Evaluation,
    Foreseen,
    LadderInForce,
    Member,
    Move,
    NoLadder,
    RankOccasion,
    Standing,
)

PAGE = 5_000
"""Members who are looked at together."""
BATCH = 2_000
"""Members whose ranks are written in one transaction."""


class EvaluationOutcome(Struct, frozen=True):
    """What an evaluation did, or would do. ``replayed``: it had been run to its end before, and nothing was done.

    ``moves`` are tiers from and to with how many members went that way.
    """

    evaluation: Evaluation
    replayed: bool
    moves: dict[str, int]


class _Job(Struct, frozen=True):
    """What all pages of an evaluation have in common."""

    ladder: LadderInForce
    settings: ProgramSettings
    occasion: RankOccasion
    looks_at: date


class _Found(Struct, frozen=True):
    """Who would be confirmed, with the tier they hold, and who may move."""

    confirmed: list[tuple[UUID, str]]
    moving: list[UUID]


class _Counts(Struct):
    members: int = 0
    risen: int = 0
    fallen: int = 0
    confirmed: int = 0


def evaluate_ranks(
    conn: Connection,
    context: PurchaseContext,
    now: datetime | None = None,
    *,
    on: date | None = None,
    dry_run: bool = False,
    actor: str = audit.SYSTEM,
    progress: Callable[[int], None] | None = None,
    page: int = PAGE,
) -> EvaluationOutcome:
    """Evaluate all members, in transactions of its own: as of the latest evaluation day, or of that not after ``on``.

    ``dry_run`` only counts. ``progress`` is told how many members were looked at; what it raises ends the evaluation
    between two transactions. Refuses with ``NoLadder``.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("evaluate_ranks commits page by page; it can not run inside another transaction.")
    now = clock.now() if now is None else now
    with conn.transaction():
        job = _prepare(conn, context, now, on)
        known = next((one for one in ranks.select_evaluations(conn, 400) if one.evaluation_on == job.occasion.on), None)
    if known is not None and known.finished_at is not None and on is None and not dry_run:
        return EvaluationOutcome(known, replayed=True, moves={})
    moves: dict[str, int] = {}
    counts = _Counts()
    after: UUID | None = None
    while True:
        with conn.transaction():
            members = customers.page_customers(conn, after, page)
            found = _look(conn, job, members) if members else _Found([], [])
        if not members:
            break
        after = members[-1]
        counts.members += len(members)
        for start in range(0, len(found.confirmed), BATCH):
            counts.confirmed += _confirm(conn, job, found.confirmed[start : start + BATCH], dry_run=dry_run)
        for start in range(0, len(found.moving), BATCH):
            batch = found.moving[start : start + BATCH]
            done = _foretell(conn, context, job, batch) if dry_run else _settle(conn, context, job, batch)
            _tally(job.ladder, done, counts, moves)
        if progress:
            progress(counts.members)
    evaluation = Evaluation(
        evaluation_on=job.occasion.on,
        looks_at=job.looks_at,
        ladder_version=job.ladder.version.version,
        started_at=now,
        finished_at=clock.now(),
        members=counts.members,
        risen=counts.risen,
        fallen=counts.fallen,
        confirmed=counts.confirmed,
    )
    if not dry_run:
        _record(conn, evaluation, actor)
    return EvaluationOutcome(evaluation, replayed=False, moves=moves)


def _prepare(conn: Connection, context: PurchaseContext, now: datetime, on: date | None) -> _Job:
    versions = context.versions(conn)
    settings = settings_of(program.version_at(versions, now))
    ladders = context.ladders(conn)
    today = now.astimezone(settings.zone_info).date()
    day = today if on is None else on
    ladder = ranks.ladder_at(ladders, now if day >= today else datetime.combine(day, time.max, settings.zone_info))
    if ladder is None:
        raise NoLadder("No ladder is in force on that day.", field="on", remedy="Publish a ladder first.")
    evaluation_on = ranks.latest_evaluation(ladder.ladder.policies.schedule, day)
    at = datetime.combine(evaluation_on, time.min, settings.zone_info) if context.in_history else now
    occasion = RankOccasion(evaluation_on, at, now, Cause.EVALUATION)
    looks_at = ranks.looks_at(evaluation_on, by_months=ladder.plan.counts_months)
    return _Job(ladder, settings, occasion, looks_at)


def _look(conn: Connection, job: _Job, members: Sequence[UUID]) -> _Found:
    """Who would be confirmed and who may move, as it looks without locks."""
    plan = job.ladder.plan
    zone = job.settings.zone_info
    standings = ranks.ask_standings(conn, members)()
    if plan.filtered:
        figures = ranks.ask_figures(conn, plan, zone, members, [job.looks_at])()
        answered = [(one, figures.answers(one, job.looks_at), None) for one in members]
    else:
        answered = ranks.answer_all(conn, plan, members, job.looks_at, zone=zone, also=standings)
    found = _Found([], [])
    until = ranks.kept_until(job.ladder, 1, job.occasion.on)
    for customer_id, answers, _ in answered:
        standing = standings.get(customer_id)
        match ranks.foresee(job.ladder, standing, ranks.attained(plan, answers), job.occasion.on):
            case Foreseen.MOVE:
                found.moving.append(customer_id)
            case Foreseen.CONFIRM if standing is not None:
                if until is not None and (standing.keep_until is None or standing.keep_until < until):
                    found.confirmed.append((customer_id, standing.tier))
            case _:
                pass
    return found


def _confirm(conn: Connection, job: _Job, batch: Sequence[tuple[UUID, str]], *, dry_run: bool) -> int:
    """Keep ranks for longer; whose rank has moved meanwhile is left alone, for that move has kept it."""
    until = ranks.kept_until(job.ladder, 1, job.occasion.on)
    if dry_run or until is None:
        return len(batch)
    with conn.transaction():
        ledger.hold_accounts(conn, [customer_id for customer_id, _ in batch])
        return ranks.confirm_standings(
            conn, [customer_id for customer_id, _ in batch], [tier for _, tier in batch], until
        )


def _foretell(conn: Connection, context: PurchaseContext, job: _Job, customer_ids: Sequence[UUID]) -> list[Move]:
    """What moving members would come to; nothing is written."""
    with conn.transaction():
        return _settle_accounts(conn, context, job, ledger.load_accounts(conn, customer_ids), writes=False)


def _decide(
    job: _Job, customer_id: UUID, standing: Standing | None, answers: Sequence[int], joined_on: date | None
) -> Move | None:
    qualified = ranks.attained(job.ladder.plan, answers)
    if standing is None and qualified == 0:
        return None

    def basis_of(level: int) -> ChangeBasis:
        return ranks.basis_of(job.ladder, level, answers, job.looks_at, joined_on)

    return ranks.evaluate(job.ladder, Member(customer_id, standing), qualified, job.occasion, basis_of)


def _settle(conn: Connection, context: PurchaseContext, job: _Job, customer_ids: Sequence[UUID]) -> list[Move]:
    """Lock whoever may move, look again, and write."""
    try:
        with conn.transaction():
            accounts = ledger.lock_accounts(conn, customer_ids)
            return _settle_accounts(conn, context, job, accounts, writes=True)
    except MissingAccounts as missing:
        with conn.transaction():
            ledger.open_accounts(conn, missing.customer_ids)
        return _settle(conn, context, job, customer_ids)
    except MergedAccounts:
        with conn.transaction():
            standing = customers.survivors_of(conn, customer_ids)
        return _settle(conn, context, job, [one for one in customer_ids if standing[one] == one])


def _settle_accounts(
    conn: Connection, context: PurchaseContext, job: _Job, accounts: dict[UUID, Account], *, writes: bool
) -> list[Move]:
    desk = ask_ranks(
        conn,
        job.ladder,
        job.settings,
        list(accounts),
        job.occasion.recorded_at,
        [job.looks_at],
        in_history=context.in_history,
    )()
    moves: list[Move] = []
    postings: list[Posting] = []
    for customer_id, account in accounts.items():
        answers = desk.figures.answers(customer_id, job.looks_at)
        move = _decide(job, customer_id, desk.standings.get(customer_id), answers, desk.figures.joined_on(customer_id))
        if move is not None:
            moves.append(move)
            postings += desk.carry_out(move, account, "")
    if writes:
        touched = {one.customer_id for one in postings}
        ledger.write_postings(conn, [accounts[one] for one in touched], postings, job.occasion.recorded_at)
        desk.write(conn)
    return moves


def _tally(ladder: LadderInForce, done: Sequence[Move], counts: _Counts, moves: dict[str, int]) -> None:
    for one in done:
        change = one.change
        if change is None:
            counts.confirmed += 1
            continue
        before = ladder.ladder.levels.get(change.from_tier, change.from_level)
        if change.to_level > before:
            counts.risen += 1
        else:
            counts.fallen += 1
        way = f"{change.from_tier} → {change.to_tier}"
        moves[way] = moves.get(way, 0) + 1


def _record(conn: Connection, evaluation: Evaluation, actor: str) -> None:
    with conn.transaction():
        ranks.upsert_evaluation(conn, evaluation)
        audit.record_event(
            conn,
            actor=actor,
            action="ranks.evaluate",
            target=f"ladder:{evaluation.ladder_version}",
            detail={
                "evaluation_on": evaluation.evaluation_on.isoformat(),
                "members": evaluation.members,
                "risen": evaluation.risen,
                "fallen": evaluation.fallen,
                "confirmed": evaluation.confirmed,
            },
            at=evaluation.started_at,
        )


def end_overrides(conn: Connection, context: PurchaseContext, now: datetime | None = None) -> int:
    """End what was given by hand and is over, in transactions of its own; returns how many that were."""
    now = clock.now() if now is None else now
    ended = 0
    while True:
        with conn.transaction():
            desk = open_ranks(conn, context, [], now)
            due = [] if desk is None else ranks.select_ended_overrides(conn, desk.today, BATCH)
            if not due:
                return ended
            accounts = ledger.lock_accounts(conn, due)
            desk = open_ranks(conn, context, due, now)
            if desk is None:
                return ended
            occasion = RankOccasion(desk.today, now, now, Cause.OVERRIDE_ENDED)
            over = [one for one in due if _is_over(desk, one)]
            postings = [posting for one in over for posting in carry_out_override(desk, accounts[one], None, occasion)]
            ledger.write_postings(conn, [accounts[one] for one in {one.customer_id for one in postings}], postings, now)
            desk.write(conn)
        ended += len(over)


def _is_over(desk: RankDesk, customer_id: UUID) -> bool:
    standing = desk.standings.get(customer_id)
    override = None if standing is None else standing.override
    return override is not None and override.until is not None and override.until < desk.today


def request_notices(
    conn: Connection,
    context: PurchaseContext,
    now: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> int:
    """Request a message for each member whose rank will fall soon as things stand; returns how many that were.

    One for each end of a rank, whoever asks how often. Works in transactions of its own.
    """
    now = clock.now() if now is None else now
    after: UUID | None = None
    requested = 0
    while True:
        with conn.transaction():
            desk = open_ranks(conn, context, [], now)
            days = 0 if desk is None else desk.ladder.ladder.policies.notice_days
            if desk is None or days == 0:
                return requested
            due = ranks.select_ending(conn, desk.today + timedelta(days=days), after, BATCH)
            if not due:
                return requested
            ledger.lock_accounts(conn, due)
            desk = open_ranks(conn, context, due, now)
            if desk is None:
                return requested
            notices = [notice for one in due if (notice := desk.notice_for(one)) is not None]
            ranks.insert_notices(conn, notices)
            desk.write(conn)
        after = due[-1]
        requested += len(notices)
        if progress:
            progress(requested)


def tend_ranks(conn: Connection, context: PurchaseContext, progress: Callable[[int], None]) -> int:
    """What is due of ranks every day: overrides that are over end, an evaluation is run, messages are requested.

    Returns how many members that concerned. An evaluation of a day before the ladder came into force is not made up.
    """
    touched = end_overrides(conn, context)
    with conn.transaction():
        desk = open_ranks(conn, context, [], clock.now())
    if desk is None:
        return touched
    begins_on = desk.ladder.version.effective_at.astimezone(desk.zone).date()
    if ranks.latest_evaluation(desk.ladder.ladder.policies.schedule, desk.today) >= begins_on:
        done = evaluate_ranks(conn, context, progress=progress)
        touched += 0 if done.replayed else done.evaluation.risen + done.evaluation.fallen
    return touched + request_notices(conn, context, progress=progress)
