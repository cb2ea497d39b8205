"""Cards over HTTP: one more, another in place of a lost one, an end, and what a lost card still tells."""

from __future__ import annotations

import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.gateway.client import Api, Till, assert_problem

from enishi import access

NOBODY = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"


class Holder:
    """A customer with one card, as a till made them."""

    def __init__(self, api: Api, till: Till) -> None:
        self.api = api
        self.number = till.new_card()
        self.customer_id = till.ring_up(till.receipt(card=self.number))["customer_id"]
        self.path = f"/v1/customers/{self.customer_id}/cards"

    def cards(self) -> list[dict[str, object]]:
        return self.api.get(self.path).json()["cards"]


@pytest.fixture
def holder(api: Api, till: Till) -> Holder:
    return Holder(api, till)


def test_a_list_of_cards_is_masked(api: Api, holder: Holder) -> None:
    answered = api.get(holder.path)
    (card,) = answered.json()["cards"]
    assert card["masked"] == f"•••{holder.number[-4:]}"
    assert (card["ended_at"], card["ended_reason"], card["replaced_by"]) == (None, None, None)
    assert holder.number not in answered.text


def test_a_lost_card_is_replaced_and_its_repeat_gives_the_same_card(api: Api, holder: Holder) -> None:
    body = {"reason": "lost", "number": holder.number}
    first = api.post(f"{holder.path}:reissue", body)
    again = api.post(f"{holder.path}:reissue", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == {**first.json(), "replayed": True}
    new, old = holder.cards()
    assert first.json()["card"]["card_id"] == new["card_id"] == old["replaced_by"]
    assert (old["ended_reason"], new["ended_at"]) == ("lost", None)


def test_a_till_hears_that_the_card_has_ended(api: Api, till: Till, holder: Holder) -> None:
    new = api.post(f"{holder.path}:reissue", {"reason": "stolen", "number": holder.number}).json()["card"]["number"]
    spend = till.receipt(card=holder.number, points_to_use=1)
    assert_problem(api.post("/v1/purchases", spend), 422, "card-ended", "identifiers[0].value")
    quoted = api.post("/v1/purchases:quote", till.receipt(card=holder.number)).json()
    assert (quoted["customer_id"], quoted["notices"]) == (None, ["card-ended"])
    kept = till.ring_up(till.receipt(card=holder.number))
    assert (kept["customer_id"], kept["points"]["earned"], kept["notices"]) == (None, 0, ["card-ended"])
    assert till.ring_up(till.receipt(card=new))["customer_id"] == holder.customer_id


def test_a_dead_card_matches_nobody_and_names_its_customer_only_to_keys_that_read_customers(
    api: Api, holder: Holder, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        _, narrow = access.create_key(conn, "till", ["identifiers:lookup"])
    api.post(f"{holder.path}:end", {"reason": "lost", "number": holder.number})
    asked = {"identifiers": [{"kind": "card", "value": holder.number}]}
    seen = api.post("/v1/identifiers:lookup", asked).json()
    unseen = api.post("/v1/identifiers:lookup", asked, key=narrow).json()
    assert seen["matches"] == unseen["matches"] == []
    (ended,) = seen["ended"]
    assert (ended["kind"], ended["reason"], ended["replaced"]) == ("card", "lost", False)
    assert ended["customer_id"] == holder.customer_id
    assert unseen["ended"] == [{**ended, "customer_id": None}]


def test_an_end_is_final(api: Api, holder: Holder) -> None:
    first = api.post(f"{holder.path}:end", {"reason": "stolen", "number": holder.number}).json()
    again = api.post(f"{holder.path}:end", {"reason": "lost", "number": holder.number}).json()
    assert (first["replayed"], first["card"]["ended_reason"]) == (False, "stolen")
    assert again == {**first, "replayed": True}


def test_an_idempotency_key_gives_one_further_card_and_none_to_another_request(api: Api, holder: Holder) -> None:
    named = {"Idempotency-Key": '"further-1"'}
    first = api.post(holder.path, headers=named)
    again = api.post(holder.path, headers={"Idempotency-Key": "further-1"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["card"] == again.json()["card"]
    assert first.json()["replaces"] is None
    body = {"reason": "lost", "number": holder.number}
    assert_problem(api.post(f"{holder.path}:reissue", body, headers=named), 409, "conflict", "Idempotency-Key")
    assert [card["ended_at"] for card in holder.cards()] == [None, None]


@pytest.mark.parametrize("named", ["", "x" * 129, "鍵".encode()])
def test_an_idempotency_key_that_is_none_is_refused(api: Api, holder: Holder, named: str | bytes) -> None:
    answered = api.post(holder.path, headers={"Idempotency-Key": named})
    assert_problem(answered, 422, "invalid-request", "Idempotency-Key")
    assert len(holder.cards()) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"reason": "lost"}, "card_id"),
        ({"reason": "lost", "card_id": "00", "number": "1"}, "card_id"),
        ({"reason": "eaten", "card_id": "00"}, "reason"),
        ({"card_id": "00"}, "reason"),
        ({"reason": "lost", "card_id": "0" * 65}, "card_id"),
    ],
)
def test_a_request_that_does_not_say_which_card_or_why_changes_nothing(
    api: Api, holder: Holder, body: dict[str, str], field: str
) -> None:
    for path in (f"{holder.path}:reissue", f"{holder.path}:end"):
        assert_problem(api.post(path, body), 422, "invalid-request", field)
    assert [card["ended_at"] for card in holder.cards()] == [None]


def test_somebody_elses_card_and_nobody_are_not_found(api: Api, till: Till, holder: Holder) -> None:
    other = Holder(api, till)
    for body in ({"reason": "lost", "number": other.number}, {"reason": "lost", "card_id": "00"}):
        field = "number" if "number" in body else "card_id"
        assert_problem(api.post(f"{holder.path}:reissue", body), 404, "not-found", field)
        assert_problem(api.post(f"{holder.path}:end", body), 404, "not-found", field)
    for customer_id in (NOBODY, "nobody"):
        assert_problem(api.get(f"/v1/customers/{customer_id}/cards"), 404, "not-found", "customer_id")
        assert_problem(api.post(f"/v1/customers/{customer_id}/cards"), 404, "not-found", "customer_id")
    assert [card["ended_at"] for card in [*holder.cards(), *other.cards()]] == [None, None]


def test_the_sixth_new_card_of_a_day_is_refused(api: Api, holder: Holder) -> None:
    for _ in range(5):
        assert api.post(holder.path).status_code == 201
    assert_problem(api.post(holder.path), 409, "too-many-cards")
    assert len(holder.cards()) == 6


def test_reading_customers_does_not_permit_changing_their_cards(
    api: Api, holder: Holder, pool: ConnectionPool[psycopg.Connection]
) -> None:
    with pool.connection() as conn:
        _, reader = access.create_key(conn, "reader", ["customers:read"])
    body = {"reason": "lost", "number": holder.number}
    for path, sent in ((holder.path, None), (f"{holder.path}:reissue", body), (f"{holder.path}:end", body)):
        assert_problem(api.post(path, sent, key=reader), 403, "insufficient-scope")
    assert api.get(holder.path, key=reader).json()["cards"] == holder.cards()
    assert [card["ended_at"] for card in holder.cards()] == [None]
