"""A month's books for general accounting: settlement by store, and double entries with the company's codes. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from enishi.accounting.model import JournalLine, Movement, PairSettlement, PointClass, Settlement, Statement
from enishi.accounting.rules import add_yen, month_after, settle
from enishi.accounting.settings_model import Account, AccountingSettings

_Posting = tuple[Account, Account, str]
_MATERIAL: dict[str, _Posting] = {
    "issued": (Account.SALES, Account.CONTRACT_LIABILITY, "ポイント付与（履行義務への配分）"),
    "returned": (Account.SALES, Account.CONTRACT_LIABILITY, "返品によるポイント取消"),
    "used": (Account.POINTS_REVENUE, Account.CONTRACT_LIABILITY, "ポイント利用による収益認識"),
    "expired": (Account.BREAKAGE_REVENUE, Account.CONTRACT_LIABILITY, "ポイント失効による収益認識"),
    "remeasured": (Account.POINTS_REVENUE, Account.CONTRACT_LIABILITY, "利用見込みの見直し"),
}
_OTHER: dict[str, _Posting] = {
    "issued": (Account.PROMOTION_EXPENSE, Account.POINTS_PROVISION, "ポイント引当金の計上"),
    "returned": (Account.PROMOTION_EXPENSE, Account.POINTS_PROVISION, "ポイント引当金の取消"),
    "used": (Account.PROMOTION_EXPENSE, Account.POINTS_PROVISION, "ポイント引当金の目的使用"),
    "expired": (Account.PROMOTION_EXPENSE, Account.POINTS_PROVISION, "ポイント引当金の戻入（失効）"),
    "remeasured": (Account.PROMOTION_EXPENSE, Account.POINTS_PROVISION, "ポイント引当金の見直し"),
}


def settlement_of(statement: Statement, settings: AccountingSettings) -> Settlement:
    """Who issued, who redeemed and who pays whom, of the points used in a month's books; as frozen, if it was."""
    used: dict[tuple[str, str], int] = {}
    for row in statement.movements:
        if row.key.movement is Movement.USED:
            pair = row.key.issue_store, row.key.at_store
            used[pair] = used.get(pair, 0) + row.points
    pairs, stores = settle(used, settings.settlement_yen_per_point)
    return Settlement(statement.month, pairs if statement.pairs is None else statement.pairs, stores)


def journal_of(statement: Statement, settings: AccountingSettings) -> list[JournalLine]:
    """The double entries of a month, dated its last day. Debits are credits to the yen, within each pair of lines."""
    pen = _Pen(month_after(statement.month) - timedelta(days=1), settings)
    lines: list[JournalLine] = []
    for point_class, postings in ((PointClass.MATERIAL, _MATERIAL), (PointClass.OTHER, _OTHER)):
        total = add_yen(line.yen for line in statement.lines if line.point_class is point_class)
        for part, (account, liability, text) in postings.items():
            lines += pen.move_liability(account, liability, getattr(total, part), text)
    for pair in settlement_of(statement, settings).pairs:
        if pair.net_yen:
            lines += pen.settle(pair)
    return lines


class _Pen(Struct, frozen=True):
    """Writes lines of one date with the company's codes."""

    on: date
    settings: AccountingSettings

    def move_liability(self, account: Account, liability: Account, raised_yen: int, text: str) -> Iterator[JournalLine]:
        """What raises a liability debits the other account; what lowers it credits that account."""
        if raised_yen > 0:
            yield self._line(account, text, debit=raised_yen)
            yield self._line(liability, text, credit=raised_yen)
        elif raised_yen < 0:
            yield self._line(liability, text, debit=-raised_yen)
            yield self._line(account, text, credit=-raised_yen)

    def settle(self, pair: PairSettlement) -> Iterator[JournalLine]:
        """The creditor's claim and the debtor's debt, each in its own store's books."""
        text = f"ポイント精算 {pair.debtor or '本部'} → {pair.creditor or '本部'}"
        yield self._line(Account.SETTLEMENT_RECEIVABLE, text, store=pair.creditor, debit=pair.net_yen)
        yield self._line(Account.SETTLEMENT_PAYABLE, text, store=pair.debtor, credit=pair.net_yen)

    def _line(self, account: Account, text: str, *, store: str = "", debit: int = 0, credit: int = 0) -> JournalLine:
        code = self.settings.accounts[account]
        return JournalLine(self.on, account, code.code, code.name, store, debit, credit, text)
