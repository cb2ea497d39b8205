"""A small chain with two stores and two members, for the pages' tests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import psycopg
from msgspec import Struct
from tests.flows.factories import NOON, NOW, card, make_context, make_purchase

from enishi import catalog, flows, program
from enishi.customers import Identifier, IdentifierKind, NewCustomer, Profile

if TYPE_CHECKING:
    from enishi.flows import RecordedPurchase

HANAKO_PHONE = "090-1234-5678"
HANAKO_CARD = "2900000000017"
TARO_EMAIL = "taro@example.jp"


class Chain(Struct):
    """Hanako bought in Shibuya (10 points) and in Ueno (20 points, 5 used); Taro in Ueno (3 points)."""

    hanako: UUID
    taro: UUID
    in_shibuya: Any
    in_ueno: Any
    of_taro: Any
    anonymous: Any


def build_chain(conn: psycopg.Connection, settings: program.ProgramSettings | None = None) -> Chain:
    """Record the chain's stores, members and receipts."""
    context = make_context(conn, settings)
    catalog.save_stores(conn, [catalog.Store("SHIBUYA", "渋谷店"), catalog.Store("UENO", "上野店")])
    hanako, taro = flows.register_customers(
        conn,
        context.keyring,
        [
            NewCustomer(
                profile=Profile(name="縁 花子", name_kana="エニシ ハナコ"),
                identifiers=[Identifier(IdentifierKind.PHONE, HANAKO_PHONE), *card(HANAKO_CARD)],
                joined_at=NOW - timedelta(days=100),
            ),
            NewCustomer(
                profile=Profile(name="縁 太郎", invented=True),
                identifiers=[Identifier(IdentifierKind.EMAIL, TARO_EMAIL)],
                joined_at=NOW - timedelta(days=50),
            ),
        ],
    )
    conn.commit()
    phone = (Identifier(IdentifierKind.PHONE, HANAKO_PHONE),)
    email = (Identifier(IdentifierKind.EMAIL, TARO_EMAIL),)
    batch = [
        make_purchase(
            1_100, external_id="R-1", store="SHIBUYA", identifiers=phone, occurred_at=NOON - timedelta(days=2)
        ),
        make_purchase(
            2_205,
            external_id="R-2",
            store="UENO",
            identifiers=phone,
            points_to_use=5,
            occurred_at=NOON - timedelta(days=1),
        ),
        make_purchase(330, external_id="R-3", store="UENO", identifiers=email, occurred_at=NOON),
        make_purchase(550, external_id="R-4", store="SHIBUYA", occurred_at=NOON),
    ]
    recorded: list[RecordedPurchase] = []
    for purchase in batch:
        (outcome,) = flows.record_purchases(conn, context, [purchase], NOW)
        assert isinstance(outcome, flows.RecordedPurchase), outcome
        recorded.append(outcome)
    return Chain(hanako, taro, *recorded)
