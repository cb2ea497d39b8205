"""The key figures of a month: worked out by hand, frozen with the close, each with its definition."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.accounting.factories import ACTOR, APRIL, MAY, day
from tests.flows.factories import LONG_AGO, make_purchase
from tests.flows.rank_factories import publish

from enishi import accounting, flows
from enishi.accounting import Figure
from enishi.purchases import Receipt, Return


def told(statement) -> dict[str, str]:
    return {one.figure.value: str(one.value) for one in statement.figures}


def test_the_figures_of_a_month_by_hand(shop):
    """Two members on three receipts of ¥3,300, ¥1,650 and ¥100 paid with points, and an anonymous one of ¥550."""
    shop.publish()
    shop.sell(day(4, 10), 300, external_id="R-1")
    shop.sell(day(4, 11), 150, member="2900000000024")
    shop.use(day(4, 12), 100, store="S2")
    flows.record_purchases(shop.conn, shop.context, [make_purchase(550, occurred_at=day(4, 13))], day(4, 13))
    back = Return(source="pos", external_id="B-1", store="S1", occurred_at=day(4, 14), receipt=Receipt("pos", "R-1"))
    flows.record_returns(shop.conn, shop.context, [back], day(4, 14))
    draft = flows.read_month(shop.pool, APRIL)
    closed = shop.close(APRIL)
    assert told(closed) == told(draft) == {
        "members": "2", "new_members": "2", "active_members": "2",
        "purchases": "4", "member_purchases": "3", "sales_yen": "5600", "member_sales_yen": "5050",
        "member_share": "90.2", "average_basket_yen": "1400", "member_average_basket_yen": "1683",
        "returns": "1", "refund_yen": "3300",
        "points_issued": "150", "points_used": "100", "points_expired": "0", "use_rate": "66.7",
        "points_outstanding": "50", "points_pending": "0",
        "contract_liability_yen": str(closed.kpis.contract_liability_yen), "provision_yen": "0",
    }  # fmt: skip


def test_what_comes_later_does_not_change_them(shop):
    shop.publish()
    shop.sell(day(4, 10), 300)
    april = shop.close(APRIL)
    shop.sell(day(4, 28), 500, late=day(5, 8))
    assert accounting.load_closed(shop.conn, APRIL).figures == april.figures
    may = told(shop.close(MAY))
    assert (may["purchases"], may["points_issued"], may["points_outstanding"]) == ("0", "500", "800")
    assert "average_basket_yen" not in may


def test_every_figure_has_one_definition(conn):
    assert [one.figure for one in accounting.load_definitions(conn)] == list(Figure)


def test_the_settlement_is_frozen_with_the_close_and_sums_to_nothing(shop, owner_conn):
    shop.publish(settlement_yen_per_point=Decimal("0.333333"))
    for number, store in enumerate(("S1", "S2", "S3")):
        shop.sell(day(4, 5 + number), 1_000, store=store, member=f"290000000001{number}")
    for number, store in enumerate(("S2", "S3", "S1")):
        shop.use(day(4, 10 + number), 100 + number, store=store, member=f"290000000001{number}")
    statement = shop.close(APRIL)
    settings = accounting.load_versions(shop.conn)[0].settings
    settlement = accounting.settlement_of(statement, settings)
    assert statement.pairs == settlement.pairs
    assert (
        sum(pair.debtor_yen + pair.creditor_yen for pair in settlement.pairs) == 101
    )  # 303 points of a third of a yen
    assert sum(store.net_yen for store in settlement.stores) == 0
    shop.conn.rollback()
    assert flows.verify_all(shop.pool, shop.context).is_clean
    owner_conn.execute("alter table accounting.settlements disable trigger user")
    owner_conn.execute("update accounting.settlements set debtor_yen = debtor_yen + 1 where debtor = 'S1'")
    owner_conn.commit()
    assert [one.field for one in flows.verify_all(shop.pool, shop.context).differences] == ["books.settlement"]


def test_the_steps_run_in_their_order_and_one_that_fails_leaves_the_month_open(shop):
    shop.publish()
    shop.sell(day(4, 10), 300)
    ran: list[str] = []

    def expire(*_: object) -> None:
        ran.append("expire")

    def evaluate(_pool: object, _context: object, month: object, now: object) -> None:
        ran.append("evaluate")
        assert (month, now) == (APRIL, day(5, 3))
        if len(ran) == 2:
            raise ConnectionError

    def close():
        return flows.close_month(shop.pool, shop.context, APRIL, actor=ACTOR, now=day(5, 3), steps=(expire, evaluate))

    with pytest.raises(ConnectionError):
        close()
    assert accounting.list_closes(shop.conn) == []
    shop.conn.rollback()
    assert not close().replayed
    assert close().replayed
    assert ran == ["expire", "evaluate", "expire", "evaluate"]


def test_a_late_receipt_and_its_entry_say_in_whose_books_they_are(shop):
    """PITFALLS 9: an offline terminal reports after the close."""
    shop.publish()
    in_time = shop.sell(day(4, 10), 100)
    early = shop.sell(day(5, 1), 20)
    shop.close(APRIL)
    late = shop.sell(day(4, 28), 500, late=day(5, 8))
    shown = [flows.purchase_detail(shop.conn, one.purchase_id).booked_in for one in (in_time, early, late)]
    assert shown == [None, None, MAY]

    def steps(locale, **how):
        entry = late.awards[0].entry_id
        return [
            (step.label, step.value)
            for step in flows.explain_entry(shop.conn, shop.context, entry, locale, **how).steps
            if "帳簿" in step.label or "books" in step.label
        ]

    assert steps("ja") == [("帳簿（締め後に記録されたため）", "2026年5月に計上")]
    assert steps("en") == [("In the books of (recorded after the close)", "2026-05")]
    assert steps("ja", for_member=True) == []
    shop.conn.rollback()
    shop.close(MAY)
    assert flows.purchase_detail(shop.conn, late.purchase_id).booked_in == MAY


def test_what_each_customer_had_and_what_of_the_liability_was_theirs(shop):
    shop.publish(fallback_use_rate=Decimal(1), stand_alone_yen_per_point=Decimal(1))
    first = shop.sell(day(4, 10), 1_000)
    second = shop.sell(day(4, 12), 500, member="2900000000024")
    shop.close(APRIL)
    shop.use(day(5, 20), 400)
    found = {one.customer_id: one for one in flows.list_members_at(shop.pool, day(5, 21))}
    whole = flows.read_books_at(shop.pool, day(5, 21))
    assert {one: (each.balance, each.outstanding) for one, each in found.items()} == {
        first.customer_id: (600, 600), second.customer_id: (500, 500),
    }  # fmt: skip
    assert sum(one.contract_liability_yen for one in found.values()) == whole.contract_liability_yen
    assert (whole.accounts, whole.entries, whole.balance) == (2, 3, 1_100)
    at = flows.read_points_at(shop.conn, shop.context, first.customer_id, day(5, 1), day(6, 1))
    assert (at.entries, at.balance, at.available, at.held, at.rank) == (1, 1_000, 1_000, 0, None)
    assert [lot.points for lot in at.lots] == [1_000]


def test_the_rank_of_one_and_of_all_is_told_as_of_any_past_instant(shop):
    shop.publish(fallback_use_rate=Decimal(1), stand_alone_yen_per_point=Decimal(1))
    publish(shop.conn)
    member = shop.sell(day(4, 10), 1_000).customer_id
    other = shop.sell(day(4, 20), 10, member="2900000000024").customer_id
    assert {one.customer_id: one.rank for one in flows.list_members_at(shop.pool, day(4, 21))} == {
        member: "gold", other: "base",
    }  # fmt: skip

    def rank_of_member(at) -> str | None:
        return flows.read_points_at(shop.conn, shop.context, member, at, day(6, 1)).rank

    assert (rank_of_member(day(4, 9)), rank_of_member(day(4, 11))) == ("base", "gold")
    assert rank_of_member(LONG_AGO - timedelta(days=1)) is None
