"""A customer's timeline as a CSV file that opens in a spreadsheet as it is."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import Response
from psycopg import Connection

from enishi.access import Locale
from enishi.web.reading import TimelineRequest, read_timeline
from enishi.web.shapes import EntryItem, PurchaseItem

if TYPE_CHECKING:
    from enishi.web.declare import Resources

ROWS_MAX = 10_000
CSV_ANSWER: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""How a route that answers with a file describes itself."""
_BYTE_ORDER_MARK = "\ufeff"
"""Without it, Excel takes UTF-8 for the code page of the machine."""

_HEADERS = {
    Locale.JA: (
        "日時", "種別", "店舗", "店舗名", "チャネル", "レシート番号", "金額（円）", "ポイント", "残高", "説明",
    ),
    Locale.EN: (
        "at", "type", "store", "store name", "channel", "receipt", "yen", "points", "balance after", "explanation",
    ),
}  # fmt: skip
_TYPES = {
    Locale.JA: {
        "purchase": "購買", "earn": "付与", "spend": "利用", "take_back": "付与の取消", "give_back": "利用分の返還",
        "expire": "失効", "reinstate": "失効の取消", "hold": "仮押さえ", "release": "仮押さえの解除", "adjust": "調整",
        "transfer_out": "譲渡", "transfer_in": "譲受", "merge_out": "会員統合", "merge_in": "会員統合",
    },
    Locale.EN: {
        "purchase": "purchase", "earn": "earned", "spend": "used", "take_back": "taken back",
        "give_back": "given back", "expire": "expired", "reinstate": "reinstated", "hold": "held",
        "release": "hold released", "adjust": "adjusted", "transfer_out": "given away", "transfer_in": "received",
        "merge_out": "customers merged", "merge_in": "customers merged",
    },
}  # fmt: skip


def export_timeline(conn: Connection, use: "Resources", request: TimelineRequest) -> tuple[int, str]:
    """The number of rows without the header, and the text of the file. Stops after ``ROWS_MAX`` rows."""
    rows: list[tuple[str, ...]] = []
    cursor: str | None = None
    while len(rows) < ROWS_MAX:
        page = read_timeline(
            conn,
            use,
            TimelineRequest(request.customer_id, cursor, request.limit, request.show, request.stores, request.language),
        )
        for item in page.items:
            rows += _rows_of(item, _TYPES[request.language])
        cursor = page.next_cursor
        if cursor is None:
            break
    return min(len(rows), ROWS_MAX), write_csv(_HEADERS[request.language], rows[:ROWS_MAX])


def write_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A file that opens in a spreadsheet as it is, and in which no cell is run as a formula."""
    text = io.StringIO()
    text.write(_BYTE_ORDER_MARK)
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(tuple(_defuse(cell) for cell in row) for row in rows)
    return text.getvalue()


def csv_response(text: str, name: str) -> Response:
    """A file to be saved under a name."""
    return Response(
        text.encode(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )


def _rows_of(item: PurchaseItem | EntryItem, types: dict[str, str]) -> list[tuple[str, ...]]:
    if isinstance(item, EntryItem):
        entries, purchase_rows, channel, receipt = [item.entry], [], "", ""
    else:
        purchase = item.purchase
        channel, receipt = purchase.channel, purchase.external_id
        entries = item.entries
        purchase_rows = [
            (
                purchase.occurred_at.isoformat(),
                types["purchase"],
                purchase.store.code,
                purchase.store.name,
                channel,
                receipt,
                str(purchase.total_yen),
                "",
                "",
                "",
            )
        ]
    return purchase_rows + [
        (
            entry.occurred_at.isoformat(),
            types[entry.type],
            entry.store.code if entry.store else "",
            entry.store.name if entry.store else "",
            channel,
            receipt,
            "",
            str(entry.points),
            str(entry.balance_after),
            entry.summary,
        )
        for entry in entries
    ]


def _defuse(cell: str) -> str:
    """A text that a spreadsheet would run as a formula is marked as text; numbers stay numbers."""
    is_number = cell.removeprefix("-").isdecimal()
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not is_number else cell
