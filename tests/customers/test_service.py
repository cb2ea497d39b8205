"""Customers in the database: sealed, unique by identifier, within limits."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from enishi import customers
from enishi.customers import Identifier, IdentifierKind, KeyMismatch, NewCustomer, Profile
from enishi.kit.errors import Conflict, NotFound
from enishi.kit.ids import new_id
from enishi.kit.vault import Keyring, WrongKey

KEYRING = Keyring(bytes(range(32)))
OTHER = Keyring(bytes(32))
JOINED = datetime(2026, 4, 1, tzinfo=UTC)
HANAKO = Profile(name="山田 花子", name_kana="ヤマダ ハナコ", birth_date=date(1990, 5, 5), note="メモ")


def phone(number: str) -> Identifier:
    return Identifier(IdentifierKind.PHONE, number)


@pytest.fixture
def hanako(conn):
    return customers.create_customers(conn, KEYRING, [NewCustomer((phone("090-1111-2222"),), JOINED, HANAKO)])[0]


def test_a_profile_comes_back_as_it_was_and_is_sealed_at_rest(conn, hanako):
    record = customers.load_customer(conn, KEYRING, hanako)
    assert record.profile == HANAKO
    assert [(one.kind, one.value) for one in record.identifiers] == [(IdentifierKind.PHONE, "+819011112222")]
    stored = conn.execute("select profile, wrapped_key from customers.customers").fetchone()
    assert "山田".encode() not in stored[0]
    assert len(stored[1]) == 12 + 32 + 16


def test_another_master_key_opens_nothing(conn, hanako):
    with pytest.raises(WrongKey):
        customers.load_customer(conn, OTHER, hanako)
    assert customers.find_by_identifiers(conn, OTHER, [phone("09011112222")]) == []


def test_a_sealed_profile_does_not_open_in_another_customers_row(conn, owner_conn, hanako):
    other = customers.create_customers(conn, KEYRING, [NewCustomer((), JOINED, Profile(name="B"))])[0]
    conn.commit()
    owner_conn.execute(
        "update customers.customers set wrapped_key = (select wrapped_key from customers.customers "
        "where customer_id = %s) where customer_id = %s",
        (other, hanako),
    )
    owner_conn.commit()
    with pytest.raises(WrongKey):
        customers.load_customer(conn, KEYRING, hanako)


def test_an_identifier_belongs_to_one_customer(conn, hanako):
    for newcomers in (
        [NewCustomer((phone("+81 90 1111 2222"),), JOINED)],
        [NewCustomer((phone("0312345678"),), JOINED), NewCustomer((phone("03-1234-5678"),), JOINED)],
    ):
        with pytest.raises(Conflict):
            customers.create_customers(conn, KEYRING, newcomers)
    assert conn.execute("select count(*) from customers.customers").fetchone() == (1,)


def test_a_profile_is_replaced_and_an_unknown_customer_has_none(conn, hanako):
    customers.update_profile(conn, KEYRING, hanako, Profile(name="佐藤 花子"))
    assert customers.load_customer(conn, KEYRING, hanako).profile == Profile(name="佐藤 花子")
    with pytest.raises(NotFound):
        customers.update_profile(conn, KEYRING, new_id(), HANAKO)
    with pytest.raises(NotFound):
        customers.load_customer(conn, KEYRING, new_id())


def test_receipts_can_not_gather_more_phones_for_one_customer_than_the_limit(conn, hanako):
    """A till's own phone typed into everybody's receipts must not grow one customer without end."""
    for number in range(6):
        presented = [customers.blind(KEYRING, phone(one)) for one in ("09011112222", f"0901111300{number}")]
        (resolution,) = customers.resolve_batch(
            conn, [tuple(presented)], customers.ask_owners(conn, [tuple(presented)])()
        )
        customers.apply_resolutions(conn, KEYRING, [(resolution, JOINED, "pos", f"R{number}")], JOINED)
    held = sorted(one.value for one in customers.load_customer(conn, KEYRING, hanako).identifiers)
    assert held == ["+819011112222", "+819011113000", "+819011113001"]


def test_the_first_master_key_is_remembered_and_any_other_is_refused(conn):
    customers.check_master_key(conn, KEYRING)
    customers.check_master_key(conn, KEYRING)
    with pytest.raises(KeyMismatch):
        customers.check_master_key(conn, OTHER)
    assert conn.execute("select count(*) from customers.key_check").fetchone() == (1,)
