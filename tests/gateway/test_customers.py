"""Questions about customers and points: who, how many, since when, and why."""

from __future__ import annotations

import pytest
from tests.gateway.client import Api, Till, assert_problem

from enishi.customers import HeldIdentifier
from enishi.gateway.customers import mask
from enishi.kit import clock
from enishi.purchases import IdentifierKind

NOBODY = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"


class TestLookup:
    def test_a_phone_is_found_in_another_spelling(self, api: Api, till: Till) -> None:
        customer_id = till.ring_up(till.receipt(identifiers=[{"kind": "phone", "value": "070-0000-1234"}]))[
            "customer_id"
        ]
        answered = api.post("/v1/identifiers:lookup", {"identifiers": [{"kind": "phone", "value": "+81 70 0000 1234"}]})
        assert answered.json() == {"matches": [{"customer_id": customer_id, "kind": "phone"}], "ended": []}

    def test_several_people_are_each_listed_once(self, api: Api, till: Till) -> None:
        one, other = till.new_card(), till.new_card()
        ids = [till.ring_up(till.receipt(card=card))["customer_id"] for card in (one, other)]
        identifiers = [{"kind": "card", "value": card} for card in (one, other, one)]
        matches = api.post("/v1/identifiers:lookup", {"identifiers": identifiers}).json()["matches"]
        assert [match["customer_id"] for match in matches] == ids

    def test_a_shop_customer_id_belongs_to_the_source_that_gave_it(self, api: Api, till: Till) -> None:
        identifiers = [{"kind": "shop_customer_id", "value": "C-1"}]
        customer_id = till.ring_up(till.receipt(source="ec", identifiers=identifiers))["customer_id"]
        found = [
            api.post("/v1/identifiers:lookup", {"identifiers": identifiers, "source": source}).json()["matches"]
            for source in ("ec", "pos")
        ]
        assert found == [[{"customer_id": customer_id, "kind": "shop_customer_id"}], []]

    def test_nobody_is_an_answer(self, api: Api) -> None:
        answered = api.post("/v1/identifiers:lookup", {"identifiers": [{"kind": "card", "value": "0000"}]})
        assert (answered.status_code, answered.json()) == (200, {"matches": [], "ended": []})

    def test_an_identifier_that_can_not_be_one_is_named(self, api: Api) -> None:
        identifiers = [{"kind": "card", "value": "1"}, {"kind": "email", "value": "nobody"}]
        answered = api.post("/v1/identifiers:lookup", {"identifiers": identifiers})
        assert_problem(answered, 422, "invalid-identifier", "identifiers[1].value")


class TestCustomer:
    def test_shows_no_name_and_no_whole_identifier(self, api: Api, till: Till) -> None:
        card = till.new_card()
        recorded = till.ring_up(till.receipt(card=card))
        answered = api.get(f"/v1/customers/{recorded['customer_id']}").json()
        assert answered["identifiers"][0]["masked"] == f"•••{card[-4:]}"
        assert card not in str(answered)
        assert "name" not in answered
        assert answered["balance"] == recorded["points"]["balance"]
        assert (answered["purchases_count"], answered["invented"]) == (1, False)

    @pytest.mark.parametrize("path", ["", "/points", "/journal"])
    @pytest.mark.parametrize("customer_id", [NOBODY, "1", "x" * 64, "{019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f}", "%00"])
    def test_nobody_is_not_found(self, api: Api, customer_id: str, path: str) -> None:
        assert_problem(api.get(f"/v1/customers/{customer_id}{path}"), 404, "not-found", "customer_id")

    @pytest.mark.parametrize(
        ("kind", "value", "masked"),
        [
            ("card", "9001234567890", "•••7890"),
            ("card", "12", "•••"),
            ("phone", "+817000001234", "•••1234"),
            ("email", "hanako@example.jp", "h•••@example.jp"),
            ("email", "@example.jp", "•••@example.jp"),
        ],
    )
    def test_identifiers_are_masked(self, kind: str, value: str, masked: str) -> None:
        assert mask(HeldIdentifier(IdentifierKind(kind), value, clock.now())) == masked


def test_points_are_shown_by_lot_soonest_to_expire_first(api: Api, till: Till) -> None:
    recorded = till.ring_up(till.receipt(3_300, card=till.new_card()))
    answered = api.get(f"/v1/customers/{recorded['customer_id']}/points").json()
    lot = {"kind": "regular", "points": 30, "expires_on": till.expiry_of(till.occurred_at)}
    del answered["as_of"]
    assert answered == {
        "customer_id": recorded["customer_id"], "available": 30, "regular": 30, "limited": 0,
        "next_expiry": lot, "lots": [lot], "pending": [], "held": 0,
    }  # fmt: skip


class TestJournal:
    def test_pages_newest_first_without_gap_or_repeat(self, api: Api, till: Till) -> None:
        card = till.new_card()
        for points_to_use in (0, 3, 0):
            customer_id = till.ring_up(till.receipt(card=card, points_to_use=points_to_use))["customer_id"]
        path = f"/v1/customers/{customer_id}/journal"
        whole = api.get(path).json()
        assert [entry["points"] for entry in whole["entries"]] == [10, 9, -3, 10]
        assert [entry["balance_after"] for entry in whole["entries"]] == [26, 16, 7, 10]
        assert [entry["type"] for entry in whole["entries"]] == ["earn", "earn", "spend", "earn"]
        assert whole["next_cursor"] is None
        pages, cursor = [], ""
        while cursor is not None:
            page = api.get(path, params={"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
            pages.append(page["entries"])
            cursor = page["next_cursor"]
        assert [len(page) for page in pages] == [3, 1]
        assert [entry for page in pages for entry in page] == whole["entries"]

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ("limit=0", "limit"),
            ("limit=201", "limit"),
            ("limit=-1", "limit"),
            ("limit=%EF%BC%95", "limit"),
            ("limit=", "limit"),
            ("cursor=x", "cursor"),
            ("cursor=99999999999999999999", "cursor"),
            ("cursor=2147483648", "cursor"),
            ("limit=1&limit=2", None),
            ("colour=blue", None),
            ("limit=%ff", None),
            ("&".join(["a=1"] * 500), None),
        ],
    )
    def test_a_query_that_is_not_valid_is_refused(self, api: Api, till: Till, query: str, field: str | None) -> None:
        customer_id = till.ring_up(till.receipt(card=till.new_card()))["customer_id"]
        answered = api.get(f"/v1/customers/{customer_id}/journal?{query}")
        assert_problem(answered, 422, "invalid-request", field)


class TestExplanation:
    def test_an_earning_is_explained_with_its_arithmetic_and_version(self, api: Api, till: Till) -> None:
        recorded = till.ring_up(till.receipt(2_178, card=till.new_card()))
        award = recorded["points"]["awards"][0]
        answered = api.get(f"/v1/journal/{award['entry_id']}/explanation").json()
        assert answered["sentence"] == award["reason"] == "税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て"
        assert answered["entry"]["points"] == 19
        assert answered["entry"]["purchase_id"] == recorded["purchase_id"]
        assert (answered["version"]["version"], answered["version"]["author"]) == (1, "system")
        assert answered["steps"]

    def test_a_use_is_explained_in_english_too(self, api: Api, till: Till) -> None:
        card = till.new_card()
        till.ring_up(till.receipt(card=card))
        customer_id = till.ring_up(till.receipt(card=card, points_to_use=4))["customer_id"]
        answered = api.get(f"/v1/journal/{customer_id}-2/explanation", headers={"Accept-Language": "en"}).json()
        assert answered["sentence"].startswith("4pt were used")
        assert answered["version"] is None

    @pytest.mark.parametrize(
        "entry_id",
        [
            f"{NOBODY}-1", f"{NOBODY}-0", f"{NOBODY}--1", NOBODY, "1", f"{NOBODY}-99999999999",
            f"{NOBODY}-2147483647", f"{NOBODY}-%D9%A1",
        ],
    )  # fmt: skip
    def test_an_entry_that_does_not_exist_is_not_found(self, api: Api, entry_id: str) -> None:
        assert_problem(api.get(f"/v1/journal/{entry_id}/explanation"), 404, "not-found", "entry_id")


def test_reading_writes_nothing(api: Api, till: Till) -> None:
    recorded = till.ring_up(till.receipt(card=till.new_card()))
    before = till.contents()
    customer_id = recorded["customer_id"]
    for path in ("", "/points", "/journal"):
        assert api.get(f"/v1/customers/{customer_id}{path}").status_code == 200
    assert api.get(f"/v1/journal/{customer_id}-1/explanation").status_code == 200
    assert till.contents() == before
