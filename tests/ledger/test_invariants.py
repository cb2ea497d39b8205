"""What the database itself refuses, whoever asks: a balance without its journal, a journal that was changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest

from enishi import ledger
from enishi.ledger import Kind

ALICE = UUID("01900000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 20)


@pytest.fixture
def funded(conn: psycopg.Connection) -> psycopg.Connection:
    """Alice has 100 points through the ledger's own front door."""
    with conn.transaction():
        ledger.open_accounts(conn, [ALICE])
        accounts = ledger.lock_accounts(conn, [ALICE])
        posting = ledger.earn(
            accounts[ALICE], Kind.REGULAR, 100, date(2027, 11, 30), extends_regular=False, on=TODAY, store="S1",
            purchase_id=None, occurred_at=NOW, basis=b"{}",
        )  # fmt: skip
        ledger.write_postings(conn, list(accounts.values()), [posting], NOW)
    return conn


def state(conn: psycopg.Connection) -> tuple[object, object]:
    conn.rollback()
    found = (
        conn.execute("select * from ledger.accounts").fetchall(),
        conn.execute("select customer_id, seq, points, lots::text from ledger.journal").fetchall(),
    )
    conn.rollback()
    return found


REFUSED = {
    "a balance without an entry": "update ledger.accounts set balance = 200",
    "an entry number without an entry": "update ledger.accounts set seq = 2",
    "a negative lot": """update ledger.accounts set lots = '[["r", "2027-11-30", -1]]'""",
    "an empty lot": """update ledger.accounts set lots = '[["r", "2027-11-30", 0]]'""",
    "an account that starts with points": (
        "insert into ledger.accounts (customer_id, balance) values ('01900000-0000-7000-8000-000000000002', 5)"
    ),
    "an entry that no account counts": (
        "insert into ledger.journal values ('01900000-0000-7000-8000-000000000001', 2, 'earn', 5, 105, "
        """'[["r", "2027-11-30", 5]]', 'S1', null, now(), now(), null)"""
    ),
    "an entry of nobody's account": (
        "insert into ledger.journal values ('01900000-0000-7000-8000-000000000009', 1, 'earn', 5, 5, "
        """'[["r", "2027-11-30", 5]]', 'S1', null, now(), now(), null)"""
    ),
    "an earning of nothing": (
        "update ledger.accounts set seq = 2; "
        "insert into ledger.journal values ('01900000-0000-7000-8000-000000000001', 2, 'earn', 0, 100, "
        "'[]', 'S1', null, now(), now(), null)"
    ),
}


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED.keys())
def test_the_database_refuses(funded, statement):
    before = state(funded)
    with pytest.raises(psycopg.errors.IntegrityError), funded.transaction():
        for part in statement.split("; "):
            funded.execute(part)
    assert state(funded) == before


@pytest.mark.parametrize(
    "statement",
    ["update ledger.journal set points = 1", "delete from ledger.journal", "truncate ledger.journal"],
)
def test_the_product_has_no_grant_to_change_the_journal(funded, statement):
    before = state(funded)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), funded.transaction():
        funded.execute(statement)
    assert state(funded) == before


@pytest.mark.parametrize(
    "statement",
    ["update ledger.journal set points = 1", "delete from ledger.journal", "truncate ledger.journal"],
)
def test_even_the_owner_can_not_change_the_journal(funded, owner_conn, statement):
    before = state(funded)
    with pytest.raises(psycopg.errors.IntegrityConstraintViolation):
        owner_conn.execute(statement)
    owner_conn.rollback()
    assert state(funded) == before


def test_postings_of_every_entry_sum_to_zero(funded):
    assert funded.execute("select sum(points), count(*) from ledger.postings").fetchone() == (0, 2)
    assert funded.execute("select account, store, points from ledger.postings order by points").fetchall() == [
        ("issued", "S1", -100),
        ("member", None, 100),
    ]
