"""Importing whole files into a real database."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from psycopg_pool import ConnectionPool
from tests.connectors.purchase_files.factories import HEADER, receipt_rows, write_csv

from enishi import flows, ledger, purchases
from enishi.connectors.purchase_files import (
    ColumnMap,
    ImportPlan,
    ImportReport,
    Observer,
    UnfitColumns,
    UnreadableFile,
    import_purchases,
    importing,
)
from enishi.flows import PurchaseContext, RecordedPurchase
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

pytestmark = pytest.mark.usefixtures("programme")

Pool = ConnectionPool[psycopg.Connection]
Import = Callable[..., ImportReport]


class Killed(BaseException):
    """Stands for the end of the process at a certain point."""


@pytest.fixture(autouse=True)
def two_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many cores there are: the size of a chunk follows from it."""
    monkeypatch.setattr(importing, "LANES", 2)


@pytest.fixture
def run(pool: Pool, context: PurchaseContext, tmp_path: Path) -> Import:
    """Import a file with small batches and its rejects beside it; keyword arguments go to the plan."""

    def run(path: Path, **plan: Any) -> ImportReport:
        settings: dict[str, Any] = {"column_map": ColumnMap(), "batch": 2, "rejects": tmp_path / "rejects.csv"} | plan
        return import_purchases(pool, context, ImportPlan(path=path, **settings), Observer())

    return run


def recorded(pool: Pool) -> int:
    with pool.connection() as conn:
        return purchases.count_purchases(conn)


def rejects_of(tmp_path: Path) -> list[list[str]]:
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def many(count: int, **how: Any) -> list[list[object]]:
    return [row for number in range(1, count + 1) for row in receipt_rows(number, **how)]


def test_receipts_earn_points_as_a_tills_call_would(run: Import, pool: Pool, tmp_path: Path) -> None:
    report = run(write_csv(tmp_path / "a.csv", many(5, price=110)))
    assert (report.rows, report.receipts, report.recorded, report.refused) == (10, 5, 5, 0)
    assert report.points_earned == 10
    assert not (tmp_path / "rejects.csv").exists()
    with pool.connection() as conn:
        [accounts] = conn.execute("select array_agg(balance) from ledger.accounts").fetchone() or ([],)
    assert accounts == [10]


def test_the_same_file_twice_records_nothing_twice(run: Import, pool: Pool, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", many(5))
    run(path)
    again = run(path)
    assert (again.recorded, again.repeated, again.refused) == (0, 5, 0)
    assert again.points_earned == 0
    assert recorded(pool) == 5


def test_csv_parquet_and_excel_of_the_same_rows_are_the_same_receipts(run: Import, pool: Pool, tmp_path: Path) -> None:
    rows = many(3)
    run(write_csv(tmp_path / "a.csv", rows, encoding="cp932"))
    parquet = tmp_path / "a.parquet"
    pq.write_table(pa.table({name: [row[place] for row in rows] for place, name in enumerate(HEADER)}), parquet)
    workbook = openpyxl.Workbook()
    for row in (HEADER, *rows):
        workbook.worksheets[0].append(row)
    workbook.save(tmp_path / "a.xlsx")
    for path in (parquet, tmp_path / "a.xlsx"):
        report = run(path)
        assert (report.recorded, report.repeated, report.refused) == (0, 3, 0), path
    assert recorded(pool) == 3


def test_a_refused_receipt_is_told_with_its_rows_and_disturbs_no_other(run: Import, pool: Pool, tmp_path: Path) -> None:
    rows = many(4)
    rows[3][6] = ""
    rows[4][3] = rows[5][3] = "card no. ??"
    report = run(write_csv(tmp_path / "a.csv", rows))
    assert (report.recorded, report.refused, report.refused_rows) == (2, 2, 4)
    assert report.reasons == {"no-price": 1, "invalid-identifier": 1}
    assert [(row[0], row[1]) for row in rejects_of(tmp_path)] == [
        ("4", "no-price"),
        ("5", "no-price"),
        ("6", "invalid-identifier"),
        ("7", "invalid-identifier"),
    ]
    assert [(one.row, one.code) for one in report.examples] == [(5, "no-price"), (6, "invalid-identifier")]
    assert recorded(pool) == 2


def test_the_corrected_rejects_file_is_imported_as_it_is(run: Import, pool: Pool, tmp_path: Path) -> None:
    rows = many(3)
    rows[2][6] = "free"
    run(write_csv(tmp_path / "a.csv", rows))
    corrected = tmp_path / "corrected.csv"
    corrected.write_text((tmp_path / "rejects.csv").read_text("utf-8").replace("free", "100"), encoding="utf-8")
    report = run(corrected, rejects=tmp_path / "again.csv")
    assert (report.recorded, report.refused) == (1, 0)
    assert recorded(pool) == 3


def test_a_dry_run_tells_what_would_happen_and_writes_nothing(run: Import, pool: Pool, tmp_path: Path) -> None:
    rows = many(3, price=110)
    rows[0][3] = rows[1][3] = "??"
    report = run(write_csv(tmp_path / "a.csv", rows), dry_run=True, rejects=None)
    assert (report.recorded, report.refused, report.points_earned) == (2, 1, 4)
    assert report.reasons == {"invalid-identifier": 1}
    assert recorded(pool) == 0
    assert not (tmp_path / "rejects.csv").exists()
    with pool.connection() as conn:
        assert conn.execute("select count(*) from connectors.runs").fetchone() == (0,)


def test_another_body_under_a_recorded_number_is_refused_and_says_what_differs(run: Import, tmp_path: Path) -> None:
    run(write_csv(tmp_path / "a.csv", many(1)))
    report = run(write_csv(tmp_path / "b.csv", many(1, price=200)))
    assert report.reasons == {"idempotency-conflict": 1}
    assert "lines" in rejects_of(tmp_path)[0][2]


def test_a_receipt_in_pieces_is_recorded_in_no_part(run: Import, pool: Pool, tmp_path: Path) -> None:
    rows = [*receipt_rows(1, lines=1), *receipt_rows(2), *receipt_rows(1, lines=2)[1:]]
    report = run(write_csv(tmp_path / "a.csv", rows))
    assert report.reasons == {"receipt-in-pieces": 2}
    assert recorded(pool) == 1


def test_sources_keep_their_numbers_apart(run: Import, pool: Pool, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", many(2))
    run(path, source="shop-a")
    run(path, source="shop-b")
    assert recorded(pool) == 4


def test_points_are_used_in_the_order_of_the_file(run: Import, tmp_path: Path) -> None:
    header = [*HEADER, "points_used"]
    rows: list[Sequence[object]] = []
    for number in range(1, 41):
        [row] = receipt_rows(number, lines=1, price=1_100)
        rows.append([*row, 0 if number == 1 else 9])
    report = run(write_csv(tmp_path / "a.csv", rows, header))
    assert (report.recorded, report.refused) == (40, 0), report.reasons


def test_what_is_no_table_is_refused_before_anything_is_recorded(run: Import, pool: Pool, tmp_path: Path) -> None:
    junk = tmp_path / "junk"
    junk.write_bytes(bytes(range(256)) * 10)
    with pytest.raises(UnreadableFile):
        run(junk)
    with pytest.raises(UnfitColumns):
        run(write_csv(tmp_path / "a.csv", [[1, 2]], ["a", "b"]))
    assert recorded(pool) == 0


@pytest.mark.parametrize("killed_after", [1, 2, 3, 4])
def test_an_import_cut_off_after_any_batch_goes_on_without_doubling(
    run: Import, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_after: int
) -> None:
    rows = many(20)
    for number in (3, 18):
        rows[2 * number][6] = ""
    path = write_csv(tmp_path / "a.csv", rows)
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
        run(path)
    monkeypatch.setattr(flows, "record_purchases", record)
    report = run(path)
    assert (report.recorded + report.repeated, report.refused) == (18, 2)
    assert recorded(pool) == 18
    assert [row[0] for row in rejects_of(tmp_path)] == ["8", "9", "38", "39"]
    with pool.connection() as conn:
        balances = conn.execute("select balance from ledger.accounts").fetchall()
    assert balances == [(18,)]
    assert ledger.verify(pool).differences == []


def test_a_resumed_import_does_not_send_again_what_is_settled(
    run: Import, pool: Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(tmp_path / "a.csv", many(10))
    run(path)
    with pool.connection() as conn:
        conn.execute("update connectors.runs set finished_at = null, position = 6, recorded = 6")
    sent: list[str] = []
    record = flows.record_purchases

    def note(
        conn: psycopg.Connection, context: PurchaseContext, batch: Sequence[Purchase]
    ) -> list[RecordedPurchase | Refusal]:
        sent.extend(purchase.external_id for purchase in batch)
        return record(conn, context, batch)

    monkeypatch.setattr(flows, "record_purchases", note)
    report = run(path)
    assert sorted(sent) == ["R10", "R7", "R8", "R9"]
    assert (report.resumed_at, report.recorded, report.repeated) == (6, 6, 4)


def test_progress_is_told_from_rows_to_the_last_receipt(pool: Pool, context: PurchaseContext, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", many(5))
    rows: list[int] = []
    receipts: list[tuple[int, int]] = []
    plan = ImportPlan(path=path, column_map=ColumnMap(), batch=1, rejects=tmp_path / "rejects.csv")
    import_purchases(pool, context, plan, Observer(rows.append, lambda done, total: receipts.append((done, total))))
    assert rows == [10]
    assert receipts == [(0, 5), (2, 5), (4, 5), (5, 5)]


def test_receipts_before_the_first_programme_are_counted(run: Import, tmp_path: Path) -> None:
    rows = many(2)
    for row in rows[:2]:
        row[1] = "2019-04-01 12:00"
    assert run(write_csv(tmp_path / "a.csv", rows)).without_program == 1
