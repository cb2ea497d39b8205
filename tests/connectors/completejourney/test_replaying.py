"""Replaying a part of the year into a real database, cut off and gone on with."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg_pool import ConnectionPool

from enishi import flows, program, purchases
from enishi.connectors import completejourney
from enishi.connectors.completejourney import SHOWN_PHONE, dataset, has_replayed, prepare_chain, replay
from enishi.flows import PurchaseContext, RecordedPurchase
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

Pool = ConnectionPool[psycopg.Connection]
CHUNK = "enishi.connectors.completejourney.replaying.CHUNK"


class Killed(BaseException):
    """Stands for the end of the process at a certain point."""


def test_a_part_of_the_year_is_recorded_whole_and_proves_clean(pool: Pool, context: PurchaseContext) -> None:
    told: list[tuple[int, int]] = []
    report = replay(pool, context, receipts=400, on_progress=lambda done, total: told.append((done, total)))
    assert (report.receipts, report.recorded, report.repeated, report.refused) == (400, 400, 0, 0)
    assert told[0] == (0, 400)
    assert told[-1] == (400, 400)
    with pool.connection() as conn:
        assert purchases.count_purchases(conn) == 400
        assert has_replayed(conn, 400)
        assert not has_replayed(conn, 401)
        spends = conn.execute("select count(*) from ledger.journal where entry_type = 'spend'").fetchone()
        found = flows.find_customers(conn, context, SHOWN_PHONE, now=clock.now())
    assert spends is not None
    assert spends[0] > 10
    assert len(found) == 1
    outcome = flows.verify_all(pool, context)
    assert outcome.is_clean
    assert outcome.purchases == 400


def test_the_chain_is_set_up_once(pool: Pool, context: PurchaseContext) -> None:
    first = datetime(2026, 11, 22, tzinfo=UTC)
    later = datetime(2026, 12, 24, tzinfo=UTC)
    with pool.connection() as conn:
        assert prepare_chain(conn, context, now=first) == prepare_chain(conn, context, now=later) == 3_246
        [version] = program.load_versions(conn)
        counts = conn.execute(
            "select (select count(*) from customers.customers), (select count(*) from catalog.stores)"
        ).fetchone()
    assert version.effective_at.isoformat() == "2025-11-20T15:00:00+00:00", (
        "midnight in Tokyo, before the first receipt"
    )
    assert "CIGARETTES" in version.settings.excluded_categories
    assert counts == (2_469, 457)


@pytest.mark.parametrize("killed_after", [1, 4])
def test_a_replay_cut_off_goes_on_and_gives_the_same_balances(
    pool: Pool, context: PurchaseContext, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    monkeypatch.setattr(CHUNK, 50)
    record = flows.record_purchases
    calls = itertools.count(1)

    def record_and_die(
        conn: psycopg.Connection, context: PurchaseContext, batch: Sequence[Purchase]
    ) -> list[RecordedPurchase | Refusal]:
        call = next(calls)
        outcomes = record(conn, context, batch)
        if call == killed_after:
            raise Killed
        return outcomes

    monkeypatch.setattr(flows, "record_purchases", record_and_die)
    with pytest.raises(Killed):
        replay(pool, context, receipts=300)
    monkeypatch.setattr(flows, "record_purchases", record)
    report = replay(pool, context, receipts=300)
    assert report.refused == 0
    assert report.recorded + report.repeated == 300
    with pool.connection() as conn:
        assert purchases.count_purchases(conn) == 300
    assert flows.verify_all(pool, context).is_clean


def test_a_larger_choice_takes_in_a_smaller_one(pool: Pool, context: PurchaseContext) -> None:
    replay(pool, context, receipts=100)
    report = replay(pool, context, receipts=250)
    assert (report.recorded, report.repeated, report.refused) == (150, 100, 0)


def test_a_missing_data_set_is_refused_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with (
        pytest.raises(completejourney.DatasetMissing) as refused,
        dataset.open_dataset(0),
    ):
        pass
    assert "bin/setup" in refused.value.remedy
