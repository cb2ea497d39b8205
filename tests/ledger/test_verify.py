"""``verify`` names the row whenever an account and its journal disagree, however the disagreement was made."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.test_invariants import ALICE, NOW, TODAY

from enishi import ledger
from enishi.kit.database import open_pool
from enishi.ledger import Difference, Kind


@pytest.fixture
def pool(database):
    with open_pool(database.app_dsn, min_size=1, max_size=3) as opened:
        yield opened


@pytest.fixture
def history(conn):
    """Alice earned 100, then 50, then used 30."""
    with conn.transaction():
        ledger.open_accounts(conn, [ALICE])
        account = ledger.lock_accounts(conn, [ALICE])[ALICE]
        shared = {"store": "S1", "purchase_id": None, "occurred_at": NOW, "on": TODAY}
        postings = [
            ledger.earn(account, Kind.REGULAR, 100, date(2027, 11, 30), extends_regular=False, basis=b"{}", **shared),
            ledger.earn(account, Kind.LIMITED, 50, date(2026, 12, 5), extends_regular=False, basis=b"{}", **shared),
            ledger.spend(account, 30, **shared),
        ]
        ledger.write_postings(conn, [account], postings, NOW)


def tamper(owner_conn, statement: str) -> None:
    """Change what the guards protect, as someone with the owner's password and bad intent could."""
    owner_conn.execute("alter table ledger.accounts disable trigger user")
    owner_conn.execute("alter table ledger.journal disable trigger user")
    owner_conn.execute(statement)
    owner_conn.commit()


def test_an_untouched_ledger_is_proven(pool, history):
    report = ledger.verify(pool)
    assert (report.accounts, report.entries, report.issued, report.redeemed, report.outstanding) == (1, 3, 150, 30, 120)
    assert report.differences == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("update ledger.accounts set balance = 121", [("accounts.balance", "121", "120")]),
        ("update ledger.accounts set seq = 4", [("accounts.seq", "4", "3")]),
        (
            """update ledger.accounts set lots = '[["r", "2027-11-30", 120]]'""",
            [
                (
                    "accounts.lots",
                    '[["r", "2027-11-30", 120]]',
                    '[["l", "2026-12-05", 20], ["r", "2027-11-30", 100]]',
                )
            ],
        ),
        ("update ledger.journal set balance_after = 7 where seq = 2", [("journal[2].balance_after", "7", "150")]),
        (
            """update ledger.journal set lots = '[["l", "2026-12-05", 51]]' where seq = 2""",
            [
                (
                    "accounts.lots",
                    '[["l", "2026-12-05", 20], ["r", "2027-11-30", 100]]',
                    '[["l", "2026-12-05", 21], ["r", "2027-11-30", 100]]',
                ),
                ("journal[2].lots", "51", "50"),
            ],
        ),
        ("delete from ledger.accounts", [("accounts.seq", "no account", "3")]),
    ],
)
def test_every_kind_of_tampering_is_named(pool, history, owner_conn, statement, expected):
    tamper(owner_conn, statement)
    assert ledger.verify(pool).differences == [Difference(ALICE, *one) for one in expected]


def test_a_missing_entry_breaks_the_chain_after_it(pool, history, owner_conn):
    tamper(owner_conn, "delete from ledger.journal where seq = 2")
    assert [one.field for one in ledger.verify(pool).differences] == [
        "accounts.balance",
        "accounts.lots",
        "journal[3].balance_after",
        "journal[3].seq",
    ]
