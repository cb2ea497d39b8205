"""The books as files that open in a spreadsheet: the movement table, the settlement, and the journal. Pure.

Amounts are plain numbers without separators; the words are Japanese or English.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal

from enishi.accounting.figures import FigureDefinition
from enishi.accounting.model import CohortLine, JournalLine, PointClass, Settlement, Statement
from enishi.accounting.rules import add_points, add_yen

Language = Literal["ja", "en"]
Row = tuple[str, ...]

_BYTE_ORDER_MARK: Final = "\ufeff"
"""Without it, Excel takes UTF-8 for the code page of the machine."""

_MOVEMENT_HEADS: Final[dict[Language, Row]] = {
    "ja": (
        "年月", "区分", "付与月", "期首ポイント", "付与", "返品取消", "利用", "失効", "調整", "期末ポイント",
        "うち締め後計上（付与）", "うち締め後計上（利用）", "利用見込みポイント", "期首（円）", "付与（円）",
        "返品取消（円）", "利用（円）", "失効（円）", "見直し（円）", "期末（円）",
    ),
    "en": (
        "month", "class", "month of issue", "opening points", "issued", "returned", "used", "expired", "adjusted",
        "closing points", "of these late (issued)", "of these late (used)", "points expected to be used",
        "opening yen", "issued yen", "returned yen", "used yen", "expired yen", "remeasured yen", "closing yen",
    ),
}  # fmt: skip
_SETTLEMENT_HEADS: Final[dict[Language, Row]] = {
    "ja": (
        "年月", "支払店舗", "支払店舗名", "受取店舗", "受取店舗名", "支払側が付与し受取側で利用",
        "受取側が付与し支払側で利用",
        "支払側の負担（円）", "受取側の負担（円）", "差引支払額（円）",
    ),
    "en": (
        "month", "debtor", "debtor name", "creditor", "creditor name", "issued by debtor, used at creditor",
        "issued by creditor, used at debtor", "owed by debtor (yen)", "owed by creditor (yen)", "net (yen)",
    ),
}  # fmt: skip
_JOURNAL_HEADS: Final[dict[Language, Row]] = {
    "ja": ("日付", "科目コード", "科目名", "店舗", "借方（円）", "貸方（円）", "摘要"),
    "en": ("date", "account", "account name", "store", "debit (yen)", "credit (yen)", "text"),
}
_FIGURE_HEADS: Final[dict[Language, Row]] = {
    "ja": ("年月", "指標", "単位", "値", "定義"),
    "en": ("month", "figure", "unit", "value", "definition"),
}
_UNITS: Final[dict[Language, dict[str, str]]] = {
    "ja": {"people": "人", "receipts": "件", "yen": "円", "points": "ポイント", "percent": "%"},
    "en": {"people": "people", "receipts": "receipts", "yen": "yen", "points": "points", "percent": "%"},
}
_CLASSES: Final[dict[Language, dict[PointClass, str]]] = {
    "ja": {PointClass.MATERIAL: "契約負債", PointClass.OTHER: "その他の付与"},
    "en": {PointClass.MATERIAL: "contract liability", PointClass.OTHER: "other grants"},
}
_TOTAL: Final[dict[Language, str]] = {"ja": "合計", "en": "total"}


def movement_sheet(statement: Statement, language: Language) -> list[Row]:
    """The movement table: a line for each cohort, and the total of each class."""
    month = f"{statement.month:%Y-%m}"
    rows = [_MOVEMENT_HEADS[language]]
    for point_class in PointClass:
        own = [line for line in statement.lines if line.point_class is point_class]
        name = _CLASSES[language][point_class]
        rows += [(month, name, f"{line.cohort:%Y-%m}", *_figures([line])) for line in own]
        rows.append((month, name, _TOTAL[language], *_figures(own)))
    return rows


def _figures(lines: Sequence[CohortLine]) -> Row:
    moved = add_points(line.moved for line in lines)
    late = add_points(line.late for line in lines)
    closing = add_points(line.total for line in lines).outstanding
    yen = add_yen(line.yen for line in lines)
    numbers = (
        closing - moved.outstanding, moved.issued, -moved.returned, -moved.used, -moved.expired, -moved.adjusted,
        closing, late.issued, late.used, sum(line.expected_points for line in lines), yen.opening, yen.issued,
        yen.returned, yen.used, yen.expired, yen.remeasured, yen.closing,
    )  # fmt: skip
    return tuple(str(number) for number in numbers)


def settlement_sheet(settlement: Settlement, name_of: Callable[[str], str], language: Language) -> list[Row]:
    """Who pays whom: a line for each pair of stores. Head office has no code."""
    month = f"{settlement.month:%Y-%m}"
    return [
        _SETTLEMENT_HEADS[language],
        *(
            (
                month,
                pair.debtor,
                name_of(pair.debtor),
                pair.creditor,
                name_of(pair.creditor),
                str(pair.debtor_points),
                str(pair.creditor_points),
                str(pair.debtor_yen),
                str(pair.creditor_yen),
                str(pair.net_yen),
            )
            for pair in settlement.pairs
        ),
    ]


def journal_sheet(lines: Iterable[JournalLine], language: Language) -> list[Row]:
    """The double entries, debit and credit in columns of their own; the empty side is empty."""
    return [
        _JOURNAL_HEADS[language],
        *(
            (
                line.on.isoformat(),
                line.code,
                line.name,
                line.store,
                str(line.debit_yen) if line.debit_yen else "",
                str(line.credit_yen) if line.credit_yen else "",
                line.text,
            )
            for line in lines
        ),
    ]


def figure_sheet(statement: Statement, definitions: Iterable[FigureDefinition], language: Language) -> list[Row]:
    """The key figures of a month with what each says."""
    month, japanese = f"{statement.month:%Y-%m}", language == "ja"
    values = {one.figure: str(one.value) for one in statement.figures}
    rows = [_FIGURE_HEADS[language]]
    for one in definitions:
        if one.figure in values:
            name, says = (one.name_ja, one.definition_ja) if japanese else (one.name_en, one.definition_en)
            rows.append((month, name, _UNITS[language][one.unit], values[one.figure], says))
    return rows


class _Lines(list[str]):
    """What the writer of the csv module writes to."""

    def write(self, text: str) -> None:
        self.append(text)


def as_csv(rows: Iterable[Row]) -> str:
    """Rows as a CSV file that Excel opens as it is. Texts that a spreadsheet would run as a formula are defused."""
    lines = _Lines([_BYTE_ORDER_MARK])
    csv.writer(lines).writerows(tuple(_defuse(cell) for cell in row) for row in rows)
    return "".join(lines)


def _defuse(cell: str) -> str:
    is_number = cell.removeprefix("-").isdecimal()
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} and not is_number else cell
