"""Benefits and ranks as the tests need them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone

import psycopg

from enishi import benefits
from enishi.benefits import Benefit, BenefitKind, BenefitSettings, Limit, Occasion, Per, Standing, TierName

JST = timezone(timedelta(hours=9))
NOON = datetime(2026, 11, 20, 12, 0, tzinfo=JST)
TIERS = (
    TierName("regular", 0, "レギュラー", "Regular"),
    TierName("silver", 1, "シルバー", "Silver"),
    TierName("gold", 2, "ゴールド", "Gold"),
)


def standing(tier: str | None) -> Standing:
    """How somebody stands who holds a tier."""
    return Standing(next((one.level for one in TIERS if one.code == tier), None), TIERS)


def occasion(at: datetime = NOON, **fields: object) -> Occasion:
    """A question at noon in Tokyo."""
    return Occasion(at, "Asia/Tokyo", **fields)  # type: ignore[arg-type]


def make_benefit(code: str = "cake", **fields: object) -> Benefit:
    """A cake for silver and above, once a visit."""
    values: dict[str, object] = {
        "code": code,
        "kind": BenefitKind.GIFT,
        "name_ja": "ケーキ",
        "name_en": "Cake",
        "tier": "silver",
        "limit": Limit(1, Per.VISIT),
    }
    return Benefit(**(values | fields))  # type: ignore[arg-type]


def publish(conn: psycopg.Connection, published: Sequence[Benefit], at: datetime = NOON) -> None:
    """Publish benefits with effect from an instant on."""
    with conn.transaction():
        benefits.publish_version(
            conn, BenefitSettings(tuple(published)), at, "system", "Benefits of the tests", at, tiers=TIERS
        )
