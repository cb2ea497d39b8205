"""Every entry of the journal says why it is there, in both languages, from what is stored in it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.flows.factories import NOW, card, customer_of, give_points, make_context, make_purchase

from enishi import ledger
from enishi.flows import expire_points, explain_entry, record_purchases, summarise
from enishi.flows.adjust_points import Adjustment, Author, adjust_points
from enishi.flows.holds import CaptureHold, PlaceHold, ReleaseHold, change_holds, lapse_holds
from enishi.flows.record_returns import record_returns
from enishi.flows.reinstate_points import Reinstatement, reinstate_points
from enishi.flows.set_family import set_family
from enishi.flows.transfer_points import Party, Transfer, Way, transfer_points
from enishi.purchases import Line, Receipt, Return, ReturnedLine

OWNER = Author("operator:owner", frozenset({"owner"}))


@pytest.fixture
def context(conn):
    return make_context(conn)


def told(conn, number: str, locale: str) -> list[str]:
    """What the entries of a customer say, oldest first; each can also be explained as a whole."""
    entries = ledger.list_entries(conn, customer_of(conn, number), None, 50)[::-1]
    return [summarise(entry, locale) for entry in entries]  # type: ignore[arg-type]


def adjust(conn, context, external_id: str, points: int, **fields: object) -> None:
    values = {"source": "t", "external_id": external_id, "identifiers": card("1"), "reason": "apology", "store": "S1"}
    one = Adjustment(**(values | fields), points=points)  # type: ignore[arg-type]
    adjust_points(conn, context, [one], OWNER, NOW)


def hold(conn, context, external_id: str, points: int):
    one = PlaceHold(source="ec", external_id=external_id, identifiers=card("1"), points=points, store="EC")
    (outcome,) = change_holds(conn, context, [one], NOW)
    return outcome.hold.hold_id


def test_holds_say_what_they_were_for_and_how_they_ended(conn, context):
    give_points(conn, context, "1", 100)
    change_holds(conn, context, [CaptureHold(hold_id=hold(conn, context, "O-1", 30), points=12)], NOW)
    change_holds(conn, context, [ReleaseHold(hold_id=hold(conn, context, "O-2", 5))], NOW)
    hold(conn, context, "O-3", 6)
    lapse_holds(conn, NOW + timedelta(hours=1))
    assert told(conn, "1", "ja")[1:] == [
        "ご注文 O-1 のお支払いのために 30pt を仮押さえしました。",
        "お支払いの確定により、ご注文 O-1 の仮押さえから 12pt を戻しました。",
        "ご注文 O-1 のお支払いに、仮押さえしていた 12pt(1pt = 1円)を使いました。",
        "お支払いの確定により、ご注文 O-1 の仮押さえから 18pt を戻しました。",
        "ご注文 O-2 のお支払いのために 5pt を仮押さえしました。",
        "お支払いに使われなかったため、ご注文 O-2 の仮押さえから 5pt を戻しました。",
        "ご注文 O-3 のお支払いのために 6pt を仮押さえしました。",
        "時間が過ぎたため、ご注文 O-3 の仮押さえから 6pt を戻しました。",
    ]
    assert told(conn, "1", "en")[1:4] == [
        "30pt were set aside to pay for the order O-1.",
        "12pt set aside for the order O-1 were put back when it was paid.",
        "12pt that had been set aside were used to pay for the order O-1, at ¥1 a point.",
    ]


def test_adjustments_and_reinstatements_say_their_reason(conn, context):
    customer_of(conn, "1")
    adjust(conn, context, "A1", 500, kind="limited", expires_on=date(2026, 11, 21))
    adjust(conn, context, "A2", -20, reason="wrong-points")
    expire_points(conn, context, NOW + timedelta(days=3))
    entry = ledger.list_entries(conn, customer_of(conn, "1"), None, 1)[0]
    conn.rollback()
    again = Reinstatement(entry_id=entry.entry_id, reason="system-failure", store="S1")
    reinstate_points(conn, context, again, OWNER, NOW + timedelta(days=3))
    assert told(conn, "1", "ja") == [
        "店舗または本部が 500pt を付与しました。理由：お詫び",
        "店舗または本部が 20pt を差し引きました。理由：誤付与の訂正",
        "有効期限（2026/11/21）が過ぎたため、480pt が失効しました。",
        "システム障害の補填のため、失効した 480pt を再び付与しました。",
    ]
    assert told(conn, "1", "en") == [
        "500pt were given by hand. Reason: Apology.",
        "20pt were taken by hand. Reason: Points credited by mistake.",
        "480pt expired: they were valid through 2026/11/21.",
        "480pt that had expired were given again. Reason: Made up for a failure of the system.",
    ]


def test_transfers_say_which_way_points_went_and_never_to_whom(conn, context):
    give_points(conn, context, "1", 100)
    head = customer_of(conn, "2")
    set_family(conn, head, [customer_of(conn, "1")], "system", NOW)
    for external_id, way in (("T1", Way.GIFT), ("T2", Way.POOL)):
        one = Transfer(
            source="app",
            external_id=external_id,
            sender=Party(identifiers=card("1")),
            recipient=Party(identifiers=card("2")),
            points=30,
            way=way,
            store="APP",
        )
        transfer_points(conn, context, [one], "system", NOW)
    assert told(conn, "1", "ja")[1:] == [
        "ほかのお客様へ 30pt を贈りました。",
        "家族のポイントをまとめるため、30pt を移しました。",
    ]
    assert told(conn, "2", "ja") == [
        "ほかのお客様から 30pt が贈られました。",
        "家族のポイントをまとめるため、30pt が移されました。",
    ]
    assert told(conn, "2", "en") == ["30pt were given by somebody.", "30pt were moved here by the family."]


def test_returns_say_what_the_goods_that_are_left_earn(conn, context):
    give_points(conn, context, "1", 100)
    goods = (Line("SKU1", 1, 1_100), Line("SKU2", 1, 1_100))
    receipt = make_purchase(lines=goods, identifiers=card("1"), points_to_use=100, external_id="R-1")
    record_purchases(conn, context, [receipt], NOW)
    back = Return(
        source="pos",
        external_id="B-1",
        store="S1",
        occurred_at=NOW,
        receipt=Receipt("pos", "R-1"),
        lines=(ReturnedLine(2, 1),),
    )
    record_returns(conn, context, [back], NOW)
    assert told(conn, "1", "ja")[-2:] == [
        "返品により、お支払いに使った 100pt のうち 50pt をお返ししました。",
        "返品により残りの商品で計算し直し：19pt → 9pt、10pt を取り消しました。",
    ]
    entry = ledger.list_entries(conn, customer_of(conn, "1"), None, 1)[0]
    explained = explain_entry(conn, context, entry.entry_id, "en")
    assert explained.sentence == (
        "Goods came back: what is left of the receipt earns 9pt instead of 19pt, so 10pt were taken back."
    )
    assert explained.version is not None
    assert explained.version.version == 1


def test_points_that_were_owed_are_among_the_steps(conn, context):
    customer_of(conn, "1")
    adjust(conn, context, "A1", -30, allow_owing=True)
    give_points(conn, context, "1", 50)
    entries = ledger.list_entries(conn, customer_of(conn, "1"), None, 2)
    earned = explain_entry(conn, context, entries[0].entry_id, "ja")
    assert [(step.label, step.value) for step in earned.steps][-2:] == [
        ("有効期限", "2027/11/30"),
        ("不足していたポイントへの充当", "30pt"),
    ]
    taken = explain_entry(conn, context, entries[1].entry_id, "en")
    assert [(step.label, step.value) for step in taken.steps] == [("Owed, set against the next", "30pt")]
