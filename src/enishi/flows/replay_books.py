"""What is owed for points by rules that are tried: their entries followed as the books follow the journal.

The very code of the books traces each point to the month that issued it and draws up the table of movements, from the
beginning and at once. Closes of the past are not repeated, so estimates of then play no part.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from enishi import accounting
from enishi.accounting import (
    Activity,
    Attributed,
    Attribution,
    Booked,
    Followed,
    Found,
    PointClass,
    Sale,
    SettingsVersion,
    Standing,
    Statement,
)
from enishi.flows.backtest_model import Liability, Valuation
from enishi.ledger import Account, AccountingEntry, Posting


class ReplayedBooks:
    """The entries of one replay, followed in slices; what is kept of an account is small."""

    def __init__(self, versions: Sequence[SettingsVersion], returners: frozenset[UUID]) -> None:
        """Begin with nothing; ``returners`` are the members of whom something came back."""
        self._zone = versions[-1].settings.zone_info
        self._attribution = Attribution({one.from_month: one.settings.material_right for one in versions})
        self._returners = returners
        self._standings: dict[UUID, Standing] = {}
        self._entries: dict[UUID, list[AccountingEntry]] = {}
        self._sales: dict[UUID, Sale] = {}
        self._awaited_sales: dict[UUID, Sale] = {}
        self._grants: dict[UUID, dict[UUID, list[AccountingEntry]]] = {}

    def note(
        self,
        postings: Iterable[Posting],
        purchase_id: UUID | None = None,
        promised: int = 0,
        awaited: int | None = None,
    ) -> None:
        """Take down entries. Those of points that had been pending come with their purchase, and what it promised."""
        for one in postings:
            entry = AccountingEntry(
                one.customer_id,
                one.seq,
                one.entry_type.value,
                one.points,
                tuple([(lot.kind.value, lot.expires_on.isoformat(), lot.points) for lot in one.moves]),
                one.store,
                purchase_id or one.purchase_id,
                self._month_of(one.occurred_at),
                one.occurred_at,
                None,
                promised,
                awaited,
            )
            self._entries.setdefault(one.customer_id, []).append(entry)
            if one.customer_id in self._returners and entry.entry_type == "earn" and entry.purchase_id is not None:
                grants = self._grants.setdefault(one.customer_id, {})
                grants.setdefault(entry.purchase_id, []).append(entry)

    def note_sale(self, purchase_id: UUID, sale: Sale, *, waits: bool) -> None:
        """Take down a receipt that earned points; ``waits``: some of them come later."""
        self._sales[purchase_id] = sale
        if waits:
            self._awaited_sales[purchase_id] = sale

    def _month_of(self, at: datetime) -> date:
        return at.astimezone(self._zone).date().replace(day=1)

    def follow(self) -> None:
        """Follow what was taken down since."""
        self._attribution.follow(
            Followed(
                customer_id,
                self._standings.setdefault(customer_id, Standing()),
                entries,
                self._grants.get(customer_id, {}),
                self._sales,
            )
            for customer_id, entries in self._entries.items()
        )
        for customer_id in self._entries.keys() - self._returners:
            # Nothing can be given back of what they used.
            self._standings[customer_id].uses.clear()
        self._entries.clear()
        self._sales = dict(self._awaited_sales)

    @property
    def points(self) -> Attributed:
        """What was moved so far, by month and cohort."""
        return self._attribution.points

    @property
    def sales(self) -> dict[date, int]:
        """The sales that points came with, by month."""
        return dict(self._attribution.sales)

    def expire(self, accounts: Iterable[Account], on: date) -> None:
        """Take down what is past its last day on a day: a replay leaves it in its lots."""
        for account in accounts:
            past = [lot for lot in account.lots if lot.expires_on < on]
            for number, lot in enumerate(past, account.seq + 1):
                moves = ((lot.kind.value, lot.expires_on.isoformat(), -lot.points),)
                month = lot.expires_on.replace(day=1)
                at = datetime(lot.expires_on.year, lot.expires_on.month, lot.expires_on.day, tzinfo=self._zone)
                entry = AccountingEntry(account.customer_id, number, "expire", -lot.points, moves, "", None, month, at)
                self._entries.setdefault(account.customer_id, []).append(entry)


def draw_up(
    points: Attributed, sales: Mapping[date, int], learnt: Attributed, month: date, version: SettingsVersion
) -> Statement:
    """The books of a month, out of what was followed; how points are used is learnt from ``learnt``."""
    return accounting.draw_up(month, Booked(None, {}, {}, {}), Found(points, sales, learnt, Activity()), version)


def liability_of(statement: Statement) -> Liability:
    """What the books say is owed."""
    return Liability(
        statement.kpis.points_outstanding,
        sum(line.expected_points for line in statement.lines),
        statement.kpis.contract_liability_yen,
        statement.kpis.provision_yen,
    )


def valuation_of(statement: Statement, version: SettingsVersion) -> Valuation:
    """At what points are valued."""
    material = next((one for one in statement.estimates if one.point_class is PointClass.MATERIAL), None)
    return Valuation(
        version.version,
        version.settings.stand_alone_yen_per_point,
        Decimal(0) if material is None else material.use_rate,
        material is not None and material.from_history,
    )
