"""How the books value points: settings, published as versions, and the accounts they name. No number is a float."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct, field

MONTHS_A_YEAR = 12


class MaterialRight(StrEnum):
    """Which points are a material right: those a purchase earned, or none because the company found them immaterial."""

    PURCHASES = "purchases"
    NONE = "none"


class Account(StrEnum):
    """The accounts the books are kept in; each installation maps them to its own codes."""

    SALES = "sales"
    CONTRACT_LIABILITY = "contract_liability"
    POINTS_REVENUE = "points_revenue"
    BREAKAGE_REVENUE = "breakage_revenue"
    PROMOTION_EXPENSE = "promotion_expense"
    POINTS_PROVISION = "points_provision"
    SETTLEMENT_RECEIVABLE = "settlement_receivable"
    SETTLEMENT_PAYABLE = "settlement_payable"


class AccountCode(Struct, frozen=True, forbid_unknown_fields=True):
    """An account as the company's own books call it."""

    code: Annotated[str, Meta(min_length=1, max_length=32)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]


def default_accounts() -> dict[Account, AccountCode]:
    """Codes to begin with; every company replaces them by its own."""
    return {
        Account.SALES: AccountCode("4100", "売上高"),
        Account.CONTRACT_LIABILITY: AccountCode("2410", "契約負債（ポイント）"),
        Account.POINTS_REVENUE: AccountCode("4110", "売上高（ポイント利用）"),
        Account.BREAKAGE_REVENUE: AccountCode("4120", "売上高（ポイント失効）"),
        Account.PROMOTION_EXPENSE: AccountCode("6210", "販売促進費"),
        Account.POINTS_PROVISION: AccountCode("2420", "ポイント引当金"),
        Account.SETTLEMENT_RECEIVABLE: AccountCode("1310", "店舗間未収金"),
        Account.SETTLEMENT_PAYABLE: AccountCode("2310", "店舗間未払金"),
    }


class AccountingSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How points are valued. The figures to begin with are those of 適用指針 設例22; a company decides its own.

    ``stand_alone_yen_per_point`` is the stand-alone selling price of a point, its chance of being used included.
    ``fallback_use_rate`` is the share expected to be used while there are fewer than ``history_months`` of history.
    ``settlement_yen_per_point`` is what the issuing store owes the redeeming store for each point used.
    """

    zone: str = "Asia/Tokyo"
    stand_alone_yen_per_point: Decimal = Decimal("0.95")
    material_right: MaterialRight = MaterialRight.PURCHASES
    fallback_use_rate: Decimal = Decimal("0.95")
    history_months: int = MONTHS_A_YEAR
    settlement_yen_per_point: Decimal = Decimal(1)
    accounts: dict[Account, AccountCode] = field(default_factory=default_accounts)

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone whose calendar the books follow."""
        return ZoneInfo(self.zone)


class SettingsVersion(Struct, frozen=True):
    """Settings as published. They hold for the months from ``from_month`` on, until a later version."""

    version: int
    from_month: date
    published_at: datetime
    author: str
    reason: str
    settings: AccountingSettings
