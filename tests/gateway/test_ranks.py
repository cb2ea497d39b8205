"""Ranks over HTTP: in the answer to a purchase and a quote, and of a customer."""

from __future__ import annotations

from tests.flows.rank_factories import make_ladder, publish, spent, tier


def test_a_purchase_says_the_rank_and_what_is_missing(api, till, conn):
    before = till.ring_up(till.receipt(1_100, till.new_card()))
    assert before["rank"] is None
    assert api.get(f"/v1/customers/{before['customer_id']}/rank").json()["rank"] is None
    assert api.get("/v1/customers/00000000-0000-7000-8000-000000000000/rank").status_code == 404
    publish(conn, make_ladder(tier("silver", spent(3_000)), tier("gold", spent(10_000))))
    card = till.new_card()
    quote = api.post("/v1/purchases:quote", till.receipt(3_300, card)).json()
    assert (quote["rank"]["tier"], quote["rank"]["rose_from"]) == ("silver", "base")
    body = till.receipt(2_200, card)
    first = till.ring_up(body)
    assert (first["rank"]["tier"], first["rank"]["next"]["ways"][0][0]["missing"]) == ("base", 800)
    assert first["rank"]["next"]["sentence"].startswith("あと¥800でSILVER")
    assert till.ring_up(body) == first | {"replayed": True}
    till.ring_up(till.receipt(1_100, card))
    shown = api.get(f"/v1/customers/{first['customer_id']}/rank", headers={"Accept-Language": "en"}).json()
    assert (shown["rank"]["tier"], shown["rank"]["name"]) == ("silver", "Silver")
    assert shown["rank"]["keep"]["met"]
    assert [(one["to_tier"], one["cause"]) for one in shown["changes"]] == [("silver", "purchase")]
