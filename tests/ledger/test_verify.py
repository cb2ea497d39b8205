"""``verify`` names the row whenever an account and its journal disagree, however the disagreement was made."""

from __future__ import annotations

from datetime import date

import pytest
from tests.ledger.test_invariants import ALICE, NOW, TODAY

from enishi import ledger
from enishi.kit.database import open_pool
from enishi.kit.ids import new_id
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
        (
            """update ledger.accounts set lots = '[["r", "2027-11-30", 100], ["l", "2026-12-05", 20]]'""",
            [
                (
                    "accounts.lots",
                    '[["r", "2027-11-30", 100], ["l", "2026-12-05", 20]]',
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


@pytest.mark.parametrize(
    "lots",
    [
        '[ ["l" , "2026-12-05", 50] ]',
        '[["l","2026-12-05",20],["l","2026-12-05",30]]',
        '[["l","2026-12-05",60],["l","2026-12-05",-10]]',
    ],
)
def test_an_entry_in_another_form_of_the_same_meaning_is_proven(pool, history, owner_conn, lots):
    """The proof reads the product's own form by its places, and any other as a document."""
    tamper(owner_conn, f"update ledger.journal set lots = '{lots}' where seq = 2")
    assert ledger.verify(pool).differences == []


def test_every_account_is_proven_whichever_slice_it_falls_into(pool, conn, owner_conn, history):
    """Fewer accounts than slices, and many: the totals are the same, and the one that differs is named."""
    others = [new_id() for _ in range(20)]
    with conn.transaction():
        ledger.open_accounts(conn, others)
    assert (ledger.verify(pool).accounts, ledger.verify(pool, workers=7).accounts) == (21, 21)
    tamper(owner_conn, f"update ledger.accounts set balance = 1 where customer_id = '{others[13]}'")
    assert ledger.verify(pool).differences == [Difference(others[13], "accounts.balance", "1", "0")]


def test_a_missing_entry_breaks_the_chain_after_it(pool, history, owner_conn):
    tamper(owner_conn, "delete from ledger.journal where seq = 2")
    assert [one.field for one in ledger.verify(pool).differences] == [
        "accounts.balance",
        "accounts.lots",
        "journal[3].balance_after",
        "journal[3].seq",
    ]
