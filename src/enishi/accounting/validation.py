"""Whether settings can be right. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from enishi.accounting.model import InvalidAccountingSettings
from enishi.accounting.settings_model import Account, AccountingSettings

_MOST_YEN_PER_POINT = 1_000
_MOST_HISTORY_MONTHS = 120
_MOST_DECIMALS = -6


def check_settings(settings: AccountingSettings) -> None:
    """Raises ``InvalidAccountingSettings`` for the first thing found, with all of them in ``problems``."""
    problems = list(_find_problems(settings))
    if problems:
        field, detail, remedy = problems[0]
        raise InvalidAccountingSettings(
            detail, field=field, remedy=remedy, problems=[{"field": one, "detail": text} for one, text, _ in problems]
        )


def _find_problems(settings: AccountingSettings) -> Iterator[tuple[str, str, str]]:
    try:
        ZoneInfo(settings.zone)
    except (ZoneInfoNotFoundError, ValueError):
        yield "zone", f"There is no time zone {settings.zone!r}.", "Name one of the IANA zones, such as Asia/Tokyo."
    most = Decimal(_MOST_YEN_PER_POINT)
    for name, value, upper in (
        ("stand_alone_yen_per_point", settings.stand_alone_yen_per_point, most),
        ("settlement_yen_per_point", settings.settlement_yen_per_point, most),
        ("fallback_use_rate", settings.fallback_use_rate, Decimal(1)),
    ):
        if not value.is_finite() or not 0 <= value <= upper:
            yield name, f"{value} does not lie between 0 and {upper}.", f"Choose a number from 0 to {upper}."
        elif int(value.as_tuple().exponent) < _MOST_DECIMALS:
            yield name, f"{value} has more than six decimals.", "Round it to six decimals."
    if not 1 <= settings.history_months <= _MOST_HISTORY_MONTHS:
        yield "history_months", "The months of history lie outside 1 to 120.", "Choose from 1 to 120 months."
    for account in Account:
        if account not in settings.accounts:
            yield f"accounts.{account}", f"The account {account} has no code.", "Give each account a code and a name."
        elif not (settings.accounts[account].code + settings.accounts[account].name).isprintable():
            yield f"accounts.{account}", "An account has a character that can not be printed.", "Type it again."
