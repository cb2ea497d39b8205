"""Importing a file of purchases: looked through, then recorded by the path that every channel takes.

Invariant: an import can be cut off at any instant and run again; every receipt of the file ends up recorded once or
refused with a reason, never in part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from psycopg import Connection
from psycopg_pool import ConnectionPool

from enishi.connectors import runs
from enishi.connectors.lanes import LANES, Outcome, Refused, Taken, Work, open_lanes
from enishi.connectors.pipeline import Chunk, Item, handle_in_order
from enishi.connectors.purchase_files.columns import ColumnMap, Columns, resolve
from enishi.connectors.purchase_files.examining import examine
from enishi.connectors.purchase_files.model import FileFacts, FileFormat, Reject, Row, Table
from enishi.connectors.purchase_files.prescan import Prescan, prescan
from enishi.connectors.purchase_files.reading import open_table
from enishi.connectors.purchase_files.receipts import Receipt, build_receipt, group_rows, row_of_field
from enishi.connectors.purchase_files.rejects import RejectsFile
from enishi.connectors.runs import Run
from enishi.flows import PurchaseContext
from enishi.kit import clock

DEFAULT_SOURCE: Final = "import"
DEFAULT_BATCH: Final = 1_000

_PARTED: Final = Reject(
    "receipt-in-pieces",
    "This receipt number stands in several places of the file, with different rows.",
    "Put the rows of a receipt together, and give each receipt a number of its own (joined from several columns).",
)


class ImportPlan(Struct, frozen=True, kw_only=True):
    """What is to be imported and how. ``rejects`` None writes no rejects file, which only a dry run may do."""

    path: Path
    column_map: ColumnMap
    file_format: FileFormat | None = None
    source: str = DEFAULT_SOURCE
    batch: int = DEFAULT_BATCH
    dry_run: bool = False
    rejects: Path | None = None


class ImportReport(Struct, frozen=True, kw_only=True):
    """What an import did. Receipts are counted from the beginning of the file even if it went on after a kill at
    ``resumed_at``; refused rows, points, reasons and examples from there.

    ``repeated`` receipts were recorded before with the same body. In a dry run ``recorded`` are those that would be,
    repeats included.
    """

    rows: int
    receipts: int
    recorded: int
    repeated: int
    refused: int
    resumed_at: int = 0
    refused_rows: int = 0
    points_earned: int = 0
    without_program: int = 0
    reasons: dict[str, int] = {}
    examples: list[Example] = []


class Example(Struct, frozen=True):
    """One refused receipt, to be shown at the end."""

    row: int
    code: str
    detail: str
    remedy: str


class Observer(Struct, frozen=True):
    """Whom to tell how it goes: rows looked through; then receipts done, and how many there are."""

    on_rows: Callable[[int], None] = lambda _rows: None
    on_receipts: Callable[[int, int], None] = lambda _done, _total: None


_EXAMPLES: Final = 10


def import_purchases(
    pool: ConnectionPool[Connection], context: PurchaseContext, plan: ImportPlan, observer: Observer
) -> ImportReport:
    """Import a file, or try it out. Goes on where an import of the same file in the same way was cut off.

    Refuses with ``UnreadableFile`` and ``UnfitColumns`` before anything is recorded; whatever is wrong with a receipt
    is in the report and in the rejects file.
    """
    facts = examine(plan.path, plan.column_map.file, plan.file_format)
    table = open_table(facts, plan.column_map.file)
    columns = resolve(table.header, plan.column_map)
    scanned = prescan(group_rows(table.read_rows(), columns, len(table.header)), observer.on_rows)
    run = Run(_run_key(plan, facts), "import", plan.path.name)
    return _Import(pool, context, plan, observer, run=run, table=table, columns=columns, scanned=scanned).execute()


class _Import:
    """One import under way. What it counts is what stands in its run, and survives a kill with it."""

    def __init__(
        self,
        pool: ConnectionPool[Connection],
        context: PurchaseContext,
        plan: ImportPlan,
        observer: Observer,
        *,
        run: Run,
        table: Table,
        columns: Columns,
        scanned: Prescan,
    ) -> None:
        self._pool = pool
        self._context = context
        self._plan = plan
        self._table = table
        self._columns = columns
        self._scanned = scanned
        self._observer = observer
        self._run = run
        self._begun_at: datetime = clock.now()
        self._reasons: dict[str, int] = {}
        self._examples: list[Example] = []
        self._refused_rows = self._points_earned = self._without_program = 0

    def execute(self) -> ImportReport:
        """Import from where an earlier run was cut off, or from the beginning, to the end."""
        plan = self._plan
        resumed_at = 0 if plan.dry_run else self._resume()
        kept_bytes = self._run.rejects_bytes if resumed_at else None
        self._observer.on_receipts(resumed_at, self._scanned.receipts)
        with (
            RejectsFile(plan.rejects or Path(), self._table.header, kept_bytes) as rejects,
            open_lanes(
                self._pool,
                self._context,
                Work.QUOTE if plan.dry_run else Work.RECORD,
                receipts=self._scanned.receipts - resumed_at,
                # Points are used in the order of the file only when one lane records them all.
                lanes=1 if self._columns.has("points_to_use") else LANES,
            ) as lanes,
        ):
            handle_in_order(
                lanes,
                self._read_chunks(resumed_at),
                lambda receipts, outcomes: self._settle(receipts, outcomes, rejects),
            )
        self._run = msgspec.structs.replace(self._run, finished_at=clock.now())
        self._write_run()
        return self._report(resumed_at)

    def _resume(self) -> int:
        """Where an earlier run was cut off; 0 when there was none, it came to its end, or its rejects file is gone."""
        with self._pool.connection() as conn:
            earlier = runs.select_run(conn, self._run.run_key)
        if (
            earlier is None
            or earlier.finished_at is not None
            or self._plan.rejects is None
            or not RejectsFile.can_continue(self._plan.rejects, earlier.rejects_bytes)
        ):
            return 0
        self._run = earlier
        return earlier.position

    def _read_chunks(self, after: int) -> Iterator[Chunk[list[Receipt]]]:
        groups = islice(group_rows(self._table.read_rows(), self._columns, len(self._table.header)), after, None)
        while taken := list(islice(groups, self._plan.batch * LANES)):
            receipts = [
                Receipt(group, None, group.reject or _PARTED)
                if self._scanned.is_parted(group)
                else build_receipt(group, self._columns, self._plan.source)
                for group in taken
            ]
            yield Chunk(receipts, [Item(one.customer, one.purchase) for one in receipts if one.purchase is not None])

    def _settle(self, receipts: list[Receipt], outcomes: Sequence[Outcome], rejects: RejectsFile) -> None:
        pending = iter(outcomes)
        refused: list[tuple[Reject, Sequence[Row]]] = []
        recorded = repeated = 0
        for receipt in receipts:
            outcome = receipt.reject if receipt.purchase is None else next(pending)
            if isinstance(outcome, Taken):
                repeated += outcome.repeated
                if not outcome.repeated:
                    recorded += 1
                    self._points_earned += outcome.points_earned
                    self._without_program += outcome.without_program
            else:
                refused.append((_reject_of(outcome, receipt), receipt.group.rows))
        if self._plan.rejects is not None:
            rejects.write(refused)
        self._count_refused(refused)
        self._run = msgspec.structs.replace(
            self._run,
            position=self._run.position + len(receipts),
            rejects_bytes=rejects.length_bytes,
            recorded=self._run.recorded + recorded,
            repeated=self._run.repeated + repeated,
            refused=self._run.refused + len(refused),
        )
        self._write_run()
        self._observer.on_receipts(self._run.position, self._scanned.receipts)

    def _count_refused(self, refused: Sequence[tuple[Reject, Sequence[Row]]]) -> None:
        for reject, rows in refused:
            self._refused_rows += len(rows)
            self._reasons[reject.code] = self._reasons.get(reject.code, 0) + 1
            if len(self._examples) < _EXAMPLES:
                self._examples.append(Example(reject.row or rows[0].number, reject.code, reject.detail, reject.remedy))

    def _write_run(self) -> None:
        if not self._plan.dry_run:
            with self._pool.connection() as conn:
                runs.upsert_run(conn, self._run, self._begun_at)

    def _report(self, resumed_at: int) -> ImportReport:
        return ImportReport(
            rows=self._scanned.rows,
            receipts=self._scanned.receipts,
            recorded=self._run.recorded,
            repeated=self._run.repeated,
            refused=self._run.refused,
            resumed_at=resumed_at,
            refused_rows=self._refused_rows,
            points_earned=self._points_earned,
            without_program=self._without_program,
            reasons=self._reasons,
            examples=self._examples,
        )


def _reject_of(outcome: Refused | Reject | None, receipt: Receipt) -> Reject:
    """Why a receipt was refused, whoever refused it, in the words of the rejects file."""
    if isinstance(outcome, Reject):
        return outcome
    if outcome is None:
        raise AssertionError("A receipt without a purchase says why it has none.")
    detail = f"{outcome.detail} Different: {', '.join(outcome.fields)}." if outcome.fields else outcome.detail
    return Reject(outcome.code, detail, outcome.remedy, row_of_field(receipt.group, outcome.field))


def _run_key(plan: ImportPlan, facts: FileFacts) -> bytes:
    """The same file, read in the same way for the same source, is the same run."""
    key = blake2b(facts.sha256, digest_size=32)
    key.update(
        msgspec.json.encode((plan.column_map, facts.file_format, plan.source, str(plan.rejects)), order="deterministic")
    )
    return key.digest()
