"""Recording purchases: the one path on which receipts of every channel become explained points.

A batch is one transaction. Its steps, and the order in which it takes locks: known keys are answered; identifiers are
resolved; accounts are locked in ascending order; everything is decided in memory; customers, accounts, journal,
purchases, rank progress and outbox are written; commit. Nothing is answered before the commit is on disk.

A refused item changes nothing and does not disturb the others. When two transactions claim one key or one identifier
at the same time, the later one is rolled back and runs again, and then sees what the first has written. An item that
the database itself refuses is found by halving the batch until it stands alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection
from psycopg.pq import TransactionStatus

from enishi import campaigns, customers, ledger, purchases, ranks
from enishi.campaigns import BudgetShort
from enishi.customers import Resolution
from enishi.flows.answers import Outcome, answer, answer_again, conflict, first_answer
from enishi.flows.batch_ranks import ask_batch_ranks, meet_batch
from enishi.flows.campaign_batches import live_for
from enishi.flows.consume_holds import find_holds
from enishi.flows.context import PurchaseContext
from enishi.flows.model import RecordedPurchase, UnprocessablePurchase
from enishi.flows.offline_spends import close_desk, open_desk
from enishi.flows.pricing import DecidedPurchase, PreparedPurchase, day_of, decide, notices_of
from enishi.flows.purchase_world import PurchaseWorld
from enishi.flows.qualify_referrals import MoreAccounts, qualify_referrals
from enishi.flows.rank_progress import progress_of
from enishi.flows.settling import LOST_RACES, MAX_RUNS
from enishi.flows.winding_down import ending_at
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.log import get_logger, log_failure
from enishi.kit.outbox import insert_events
from enishi.ledger import Account, MissingAccounts, OfflineDesk, Posting
from enishi.program import ProgramVersion
from enishi.purchases import Key, NewPurchase, Purchase

PURCHASE_RECORDED = "purchase.recorded"
_log = get_logger("flows")


class _RunAgain(Exception):  # noqa: N818 - it is no error
    """The transaction must be rolled back and the rest of the batch run again without the items refused so far."""


def record_purchases(
    conn: Connection, context: PurchaseContext, batch: Sequence[Purchase], now: datetime | None = None
) -> list[Outcome]:
    """Record a batch and return, after its commit, one outcome per purchase in order.

    A repeat of a key, in this batch, an earlier or a concurrent one, gets the first answer with ``replayed``.
    Refusals per item: ``InvalidPurchase``, ``InvalidIdentifier``, ``IdempotencyConflict``, ``InsufficientPoints``,
    ``NoCustomerForPoints``, ``CardEnded``, ``UnprocessablePurchase``. Raises ``psycopg.OperationalError`` when the
    database can not answer; then each item was recorded whole or not at all, and sending it again tells which.
    """
    if conn.info.transaction_status != TransactionStatus.IDLE:
        raise ValueError("record_purchases answers after its own commit; it can not run inside another transaction.")
    now = clock.now() if now is None else now
    outcomes: list[Outcome | None] = [None] * len(batch)
    prepared: list[PreparedPurchase] = []
    for position, purchase in enumerate(batch):
        try:
            prepared.append(prepare(context, position, purchase, now))
        except Refusal as refusal:
            outcomes[position] = refusal
    _record(conn, context, prepared, outcomes, now)
    return [outcome for outcome in outcomes if outcome is not None]


def prepare(context: PurchaseContext, position: int, purchase: Purchase, now: datetime) -> PreparedPurchase:
    """Everything about a purchase that needs no database. Raises the refusals that need none either."""
    total_yen = purchases.check_total(purchase)
    occurred_at = purchases.instant_of(purchase, now)
    identifiers: list[customers.BlindIdentifier] = []
    for index, identifier in enumerate(purchase.identifiers):
        try:
            identifiers.append(customers.blind(context.keyring, identifier, purchase.source))
        except Refusal as refusal:
            refusal.field = f"identifiers[{index}].value"
            raise
    lookups = tuple([one.lookup for one in identifiers])
    lines = purchases.encode_lines(purchase.lines)
    return PreparedPurchase(
        position,
        purchase,
        occurred_at,
        purchases.key_of(purchase),
        purchases.purchase_id_of(purchase, occurred_at),
        tuple(identifiers),
        lookups,
        lines,
        context.keyring.digest(purchases.canonical_body(purchase, occurred_at, lookups, lines)),
        total_yen,
        purchases.net_yen(purchase),
    )


def _record(
    conn: Connection,
    context: PurchaseContext,
    items: list[PreparedPurchase],
    outcomes: list[Outcome | None],
    now: datetime,
) -> None:
    """Give every item an outcome, running again after lost races and halving around items the database refuses."""
    first_of_key: dict[Key, PreparedPurchase] = {}
    repeats = [item for item in items if first_of_key.setdefault(item.key, item) is not item]
    pending = list(first_of_key.values())
    try:
        _run_until_settled(conn, context, pending, outcomes, now)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        unsettled = [item for item in pending if outcomes[item.position] is None]
        if len(unsettled) == 1:
            outcomes[unsettled[0].position] = _refuse_unprocessable(unsettled[0], error)
        else:
            middle = len(unsettled) // 2
            _record(conn, context, unsettled[:middle], outcomes, now)
            _record(conn, context, unsettled[middle:], outcomes, now)
    undecided: list[PreparedPurchase] = []
    for item in repeats:
        first = first_of_key[item.key]
        if item.fingerprint != first.fingerprint and isinstance(outcomes[first.position], Refusal):
            # The first body under this key was refused and holds nothing; this other body is judged for itself.
            undecided.append(item)
        else:
            outcomes[item.position] = _repeat(item, first, outcomes)
    if undecided:
        _record(conn, context, undecided, outcomes, now)


def _run_until_settled(
    conn: Connection,
    context: PurchaseContext,
    items: list[PreparedPurchase],
    outcomes: list[Outcome | None],
    now: datetime,
) -> None:
    runs = attempt = 0
    referrers: frozenset[UUID] = frozenset()
    while unsettled := [item for item in items if outcomes[item.position] is None]:
        runs += 1
        try:
            with conn.pipeline(), conn.transaction():
                settled = _run(conn, context, unsettled, outcomes, now, referrers=referrers, attempt=attempt)
        except _RunAgain:
            continue
        except MoreAccounts as more:
            referrers |= more.customer_ids
        except BudgetShort:
            # A campaign's budget ran short of what was held of it: hold more of it, at last all, and decide again.
            attempt += 1
        except MissingAccounts as missing:
            with conn.transaction():
                ledger.open_accounts(conn, missing.customer_ids)
        except LOST_RACES:
            # Whoever was to be rewarded besides may have been merged into another by now, and is found anew.
            referrers = frozenset()
            if runs >= MAX_RUNS:
                raise
        else:
            for position, outcome in settled:
                outcomes[position] = outcome


def _refuse_unprocessable(item: PreparedPurchase, error: psycopg.Error) -> UnprocessablePurchase:
    error_id = log_failure(_log, "purchase refused by the database", error)
    return UnprocessablePurchase(
        "The database refused this purchase. Nothing of it was recorded.",
        remedy="Tell the operator the error_id; the log names the reason.",
        error_id=error_id,
        external_id=item.key.external_id,
    )


def _repeat(item: PreparedPurchase, first: PreparedPurchase, outcomes: list[Outcome | None]) -> Outcome:
    """The outcome of an item whose key stands earlier in the same batch."""
    outcome = outcomes[first.position]
    if item.fingerprint != first.fingerprint:
        fields = [
            name for name in Purchase.__struct_fields__ if getattr(item.purchase, name) != getattr(first.purchase, name)
        ]
        return conflict(fields)
    if isinstance(outcome, RecordedPurchase):
        return msgspec.structs.replace(outcome, replayed=True)
    if outcome is None:
        raise AssertionError("The first item of a key is settled before its repeats.")
    return outcome


def _run(
    conn: Connection,
    context: PurchaseContext,
    items: list[PreparedPurchase],
    outcomes: list[Outcome | None],
    now: datetime,
    *,
    referrers: frozenset[UUID],
    attempt: int,
) -> list[tuple[int, Outcome]]:
    """One transaction: returns the outcomes that hold once it has committed. ``referrers`` are locked besides.

    It runs in a pipeline: the server is waited for only where an answer is needed, three times with the commit.
    """
    known_purchases = purchases.ask_by_keys(conn, [item.key for item in items])
    known_versions = context.ask_versions(conn)
    known_schedule = context.ask_schedule(conn)
    known_ladders = context.ask_ladders(conn)
    known_owners = customers.ask_owners(conn, [item.identifiers for item in items])
    known = known_purchases()
    settled: list[tuple[int, Outcome]] = []
    fresh = items
    if known:
        stored = [(item, known[item.key]) for item in items if item.key in known]
        settled += answer_again(conn, stored, known_versions, known_ladders)
        fresh = [item for item in items if item.key not in known]
        if not fresh:
            return settled
    versions, schedule = known_versions(), known_schedule()
    resolutions = customers.resolve_batch(conn, [item.identifiers for item in fresh], known_owners())
    newcomers = {one.customer_id for one in resolutions if one.is_new and one.customer_id}
    known_ids = {one.customer_id for one in resolutions if one.customer_id} - newcomers
    referred = context.referrals.ask_open(conn, known_ids)
    locked = ledger.ask_locked_accounts(conn, known_ids | referrers, ending_at(versions, now))
    known_ranks = ask_batch_ranks(conn, context, known_ladders(), versions, known_ids, items=fresh, now=now)
    accounts = locked() | {one: Account(one, 0, 0, ()) for one in newcomers}
    desk = _open_desk(conn, fresh, resolutions, versions)
    live = live_for(conn, context, schedule, fresh, resolutions, versions=versions, attempt=attempt)
    holds = find_holds(conn, [item.purchase for item in fresh])
    world = PurchaseWorld(versions, accounts, now, desk, live, holds, ranks=known_ranks())
    if world.ranks is not None:
        meet_batch(conn, world.ranks, fresh, resolutions, versions)
    decided, refused = _decide_batch(fresh, resolutions, world)
    for item, resolution, refusal in refused:
        outcomes[item.position] = refusal
        if resolution.to_link or resolution.is_new:
            # A later item may lean on a customer whom only this refused one would have created.
            raise _RunAgain
    rewards: list[Posting] = []
    if decided and (waiting := referred()):
        decided, rewards = qualify_referrals(conn, context, waiting, decided, world)
    if decided:
        context.know_stores(conn, {one.prepared.purchase.store for one in decided})
        _write(
            conn,
            context,
            decided,
            resolutions=dict(zip([one.position for one in fresh], resolutions, strict=True)),
            world=world,
            newcomers=newcomers,
            rewards=rewards,
        )
        close_desk(conn, desk, now)
    return settled + [(one.prepared.position, answer(one, world)) for one in decided]


def _open_desk(
    conn: Connection,
    items: list[PreparedPurchase],
    resolutions: list[Resolution],
    versions: Sequence[ProgramVersion],
) -> OfflineDesk | None:
    """What offline receipts are decided with; None for a batch without any."""
    if not any(item.purchase.offline for item in items):
        return None
    return open_desk(
        conn,
        [
            (item.purchase, one.customer_id, day_of(item, versions))
            for item, one in zip(items, resolutions, strict=True)
        ],
    )


def _decide_batch(
    items: list[PreparedPurchase], resolutions: list[Resolution], world: PurchaseWorld
) -> tuple[list[DecidedPurchase], list[tuple[PreparedPurchase, Resolution, Refusal]]]:
    decided: list[DecidedPurchase] = []
    refused: list[tuple[PreparedPurchase, Resolution, Refusal]] = []
    for item, resolution in zip(items, resolutions, strict=True):
        try:
            decided.append(decide(item, resolution.customer_id, world, notices_of(resolution)))
        except Refusal as refusal:
            refused.append((item, resolution, refusal))
    return decided, refused


def _write(
    conn: Connection,
    context: PurchaseContext,
    decided: list[DecidedPurchase],
    *,
    resolutions: dict[int, Resolution],
    world: PurchaseWorld,
    newcomers: set[UUID],
    rewards: list[Posting],
) -> None:
    """Everything a batch leaves behind."""
    now = world.now
    customers.apply_resolutions(
        conn,
        context.keyring,
        [
            (
                resolutions[one.prepared.position],
                one.prepared.occurred_at,
                one.prepared.key.source,
                one.prepared.key.external_id,
            )
            for one in decided
        ],
        now,
    )
    postings = [posting for one in decided for posting in (*one.reinstated, *one.postings, *one.rewards)]
    postings += rewards
    touched = {posting.customer_id for posting in postings}
    ledger.open_accounts(conn, newcomers)
    ledger.write_postings(conn, [world.accounts[one] for one in touched], postings, now)
    ledger.settle_holds(conn, world.captured)
    ledger.write_pending(conn, [one for each in decided for one in each.pending], now)
    purchases.write_purchases(conn, [_new_purchase(one) for one in decided], now)
    if world.campaigns is not None:
        campaigns.write_claims(conn, world.campaigns.desk, world.campaigns.claims, now)
    ranks.advance_progress(
        conn,
        [
            progress_of(one.customer_id, one.on, one.prepared.total_yen, one.prepared.net_yen, one.points_earned)
            for one in decided
            if one.customer_id is not None
        ],
    )
    if world.ranks is not None:
        world.ranks.write(conn)
    insert_events(conn, PURCHASE_RECORDED, [one.prepared.purchase_id for one in decided], now)


def _new_purchase(one: DecidedPurchase) -> NewPurchase:
    prepared = one.prepared
    return NewPurchase(
        prepared.purchase,
        prepared.occurred_at,
        prepared.purchase_id,
        prepared.lookups,
        prepared.lines,
        prepared.fingerprint,
        prepared.total_yen,
        one.customer_id,
        one.first_seq,
        len(one.postings),
        one.points_earned,
        first_answer(one),
    )
