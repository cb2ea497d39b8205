"""Replaying the data set: the chain is set up once, then every receipt takes the path of a till's call.

Invariant: a replay can be cut off at any instant and run again; each receipt ends up recorded once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Generator, Sequence
from datetime import date, datetime, timedelta, timezone
from hashlib import blake2b
from itertools import groupby
from typing import Final

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi import audit, catalog, flows, program, ranks
from enishi.connectors import runs
from enishi.connectors.completejourney.campaigns import launch_campaigns
from enishi.connectors.completejourney.dataset import EXCLUDED_CATEGORIES, LAST_DAY, RECEIPTS, Dataset, open_dataset
from enishi.connectors.completejourney.invented import invent_customers, name_stores
from enishi.connectors.completejourney.ladder import invent_ladder
from enishi.connectors.completejourney.mapping import SOURCE, to_purchase
from enishi.connectors.lanes import LANES, Outcome, Refused, Work, open_lanes
from enishi.connectors.pipeline import Chunk, Item, handle_in_order
from enishi.connectors.runs import Run
from enishi.flows import PurchaseContext
from enishi.kit import clock
from enishi.ranks import NoLadder

CHUNK: Final = 1_000 * LANES
_TOKYO: Final = timezone(timedelta(hours=9))
_PROGRAM_NAME: Final = "縁マート ポイント制度"


class ReplayReport(Struct, frozen=True):
    """What a replay did. ``skipped`` receipts were known to be recorded and not sent again."""

    receipts: int
    skipped: int
    recorded: int
    repeated: int
    refused: int
    reasons: dict[str, int]
    """Refusals by their code."""


def shift_days_for(today: date) -> int:
    """By how many days to move the data set so that its last receipt falls on the day before ``today``."""
    return (today - timedelta(days=1) - LAST_DAY).days


def has_replayed(conn: Connection, receipts: int | None) -> bool:
    """Whether so many receipts, or all of them (None), were replayed to the end."""
    for wanted in {None, receipts}:
        run = runs.select_run(conn, _run_key(wanted))
        if run is not None and run.finished_at is not None:
            return True
    return False


def prepare_chain(conn: Connection, context: PurchaseContext, *, now: datetime | None = None) -> int:
    """Set up the chain where it is not: programme, stores and customers, in one transaction. Gives the shift in days.

    The programme takes effect at the beginning of the day of the first receipt. Refuses with ``DatasetMissing``.
    """
    now = now or clock.now()
    with conn.transaction():
        shift_days = runs.select_shift_days(conn, SOURCE)
        if shift_days is not None:
            return shift_days
        shift_days = shift_days_for(now.astimezone(_TOKYO).date())
        with open_dataset(shift_days) as dataset:
            households = dataset.read_households()
            first_day = min(household.first_at for household in households).date()
            if program.latest_version(conn) == 0:
                opened_at = datetime(first_day.year, first_day.month, first_day.day, tzinfo=_TOKYO)
                program.publish_version(
                    conn,
                    msgspec.structs.replace(
                        program.default_settings(_PROGRAM_NAME), excluded_categories=EXCLUDED_CATEGORIES
                    ),
                    opened_at,
                    audit.SYSTEM,
                    "デモの開始",
                    now,
                )
                launch_campaigns(conn, opened_at)
                ranks.publish_ladder(conn, invent_ladder(), opened_at, audit.SYSTEM, "デモの開始", now)
            catalog.save_stores(conn, name_stores(dataset.read_stores()))
            flows.register_customers(conn, context.keyring, invent_customers(households))
        runs.insert_shift_days(conn, SOURCE, shift_days, now)
        return shift_days


def replay(
    pool: ConnectionPool[Connection],
    context: PurchaseContext,
    *,
    receipts: int | None = None,
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> ReplayReport:
    """Record the data set, or ``receipts`` of it, in order of time; goes on where an earlier replay was cut off.

    ``on_progress`` is told how many receipts are done and how many there are. Refuses with ``DatasetMissing``.
    """
    history = PurchaseContext(context.keyring, in_history=True)
    with pool.connection() as conn:
        shift_days = prepare_chain(conn, context)
        run = runs.select_run(conn, _run_key(receipts)) or Run(_run_key(receipts), "replay", SOURCE)
    begun_at = clock.now()
    skipped = run.position
    reasons: dict[str, int] = {}
    with open_dataset(shift_days) as dataset:
        total = dataset.stage(receipts)
        on_progress(skipped, total)

        def settle(position: int, outcomes: Sequence[Outcome]) -> None:
            nonlocal run
            run = _count(run, position, outcomes, reasons)
            with pool.connection() as conn:
                runs.upsert_run(conn, run, begun_at)
            on_progress(position, total)

        with open_lanes(pool, history, Work.RECORD, receipts=total - skipped) as lanes:
            # A month's receipts are on disk before its members are evaluated, and that before those of the next.
            for month, chunks in groupby(_read_chunks(dataset, skipped), key=_month_of):
                with pool.connection() as conn, contextlib.suppress(NoLadder):
                    flows.evaluate_ranks(conn, history, on=month)
                handle_in_order(lanes, chunks, settle)
    if run.finished_at is None:
        run = msgspec.structs.replace(run, finished_at=clock.now())
        with pool.connection() as conn:
            runs.upsert_run(conn, run, begun_at)
    return ReplayReport(total, skipped, run.recorded, run.repeated, run.refused, reasons)


def _read_chunks(dataset: Dataset, after: int) -> Generator[Chunk[int]]:
    """Chunks of receipts of one month, each tagged with the position of its last."""
    position = after
    for baskets in dataset.read_baskets(after, CHUNK):
        items = [Item(basket.household_id, to_purchase(basket, lines)) for basket, lines in baskets]
        for _, own in groupby(items, key=lambda item: item.purchase.occurred_at.month):
            of_month = list(own)
            position += len(of_month)
            yield Chunk(position, of_month)


def _month_of(chunk: Chunk[int]) -> date:
    return chunk.items[0].purchase.occurred_at.date().replace(day=1)


def _count(run: Run, position: int, outcomes: Sequence[Outcome], reasons: dict[str, int]) -> Run:
    recorded = repeated = refused = 0
    for outcome in outcomes:
        if isinstance(outcome, Refused):
            refused += 1
            reasons[outcome.code] = reasons.get(outcome.code, 0) + 1
        elif outcome.repeated:
            repeated += 1
        else:
            recorded += 1
    return msgspec.structs.replace(
        run,
        position=position,
        recorded=run.recorded + recorded,
        repeated=run.repeated + repeated,
        refused=run.refused + refused,
    )


def _run_key(receipts: int | None) -> bytes:
    wanted = RECEIPTS if receipts is None else min(receipts, RECEIPTS)
    return blake2b(f"replay/{SOURCE}/{wanted}".encode(), digest_size=32).digest()
