"""Receipts and programme versions for the tests of ``program``, each written as short as what it shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec import structs

from enishi.program import EarningRule, ProgramVersion, default_settings
from enishi.purchases import Channel, Line, Purchase

OPENED_AT = datetime(2026, 1, 1, tzinfo=UTC)


def make_version(**changes: Any) -> ProgramVersion:
    """The default programme with some of its settings, or of its earning rule's, changed."""
    settings = default_settings()
    rule = {name: changes.pop(name) for name in list(changes) if name in EarningRule.__struct_fields__}
    number = changes.pop("version", 1)
    settings = structs.replace(settings, earning=structs.replace(settings.earning, **rule), **changes)
    return ProgramVersion(
        version=number,
        effective_at=OPENED_AT,
        published_at=OPENED_AT,
        author="system",
        reason="Opening",
        settings=settings,
    )


def make_line(yen: int, tax_rate_percent: int = 10, category: str = "", discount_yen: int = 0) -> Line:
    """One piece of something."""
    return Line(
        sku="sku",
        quantity=1,
        unit_price_yen=yen,
        tax_rate_percent=tax_rate_percent,
        category=category,
        discount_yen=discount_yen,
    )


def make_receipt(*lines: int | tuple[Any, ...], **fields: Any) -> Purchase:
    """A receipt whose lines are yen, or the arguments of ``make_line``."""
    made = tuple(make_line(line) if isinstance(line, int) else make_line(*line) for line in lines)
    return Purchase(
        **{
            "source": "pos",
            "external_id": "receipt-1",
            "channel": Channel.POS,
            "store": "S01",
            "occurred_at": datetime(2026, 3, 1, 3, tzinfo=UTC),
            "lines": made,
            **fields,
        }
    )


@pytest.fixture
def programme() -> Callable[..., ProgramVersion]:
    return make_version


@pytest.fixture
def receipt() -> Callable[..., Purchase]:
    return make_receipt
