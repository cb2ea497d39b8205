"""Campaigns over HTTP: which are live, what a receipt gets of them, and why a quote gets nothing."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.campaigns.factories import HUNDRED, TWICE, make_rules
from tests.gateway.client import Api, Till

from enishi import campaigns
from enishi.campaigns import Conditions, Deed
from enishi.kit import clock
from enishi.purchases import Channel


@pytest.fixture(scope="module", autouse=True)
def _launched(pool: ConnectionPool[psycopg.Connection]) -> None:
    now = clock.now()
    at = now - timedelta(hours=2)
    time = {"starts_at": now - timedelta(days=1), "ends_at": now + timedelta(days=1)}
    with pool.connection() as conn:
        for code, rules in (
            ("double", make_rules(TWICE, **time)),
            ("online", make_rules(HUNDRED, conditions=Conditions(channels=(Channel.EC,)), **time)),
        ):
            campaigns.create_campaign(conn, code, rules, Deed("operator:writer", "Trial", at))
            campaigns.submit_campaign(conn, code, Deed("operator:writer", "Trial", at))
            campaigns.approve_campaign(conn, code, Deed("operator:reviewer", "Trial", at))


def test_live_campaigns_are_listed_in_plain_words(api: Api) -> None:
    listed = api.get("/v1/campaigns").json()["campaigns"]
    assert [(one["campaign"], one["name"]) for one in listed] == [("double", "試験"), ("online", "試験")]
    assert listed[1]["description"] == [
        "100pt を加算します。",
        "チャネル：オンラインショップ",
        "通常ポイントとして付きます。",
    ]


def test_a_receipt_names_the_campaign_of_each_award_and_a_quote_says_why_not(api: Api, till: Till) -> None:
    receipt = till.receipt(1_980, card=till.new_card())
    quote = api.post("/v1/purchases:quote", receipt).json()
    refused = quote["campaigns_not_applied"]
    assert [(one["campaign"], one["code"], one["findings"][0]["found"]) for one in refused] == [
        ("online", "conditions", "店舗")
    ]
    recorded = till.ring_up(receipt)
    awards = recorded["points"]["awards"]
    assert [(one.get("campaign"), one["points"]) for one in awards] == [(None, 18), ("double", 18)]
    assert awards[1]["reason"] == "「試験」基本ポイント 18pt ×（2倍 − 1）= 18pt"
    assert [one["points"] for one in quote["points"]["awards"]] == [18, 18]
