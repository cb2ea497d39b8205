"""What a close keeps of the journal: the next one goes on from there, and the journal gives the same from its start."""

from __future__ import annotations

import psycopg
import pytest
from tests.accounting.factories import ACTOR, APRIL, JUNE, MARCH, MAY, MEMBER, day
from tests.flows.factories import card

from enishi import accounting, flows
from enishi.purchases import Receipt, Return

OTHER = "2900000000024"
THIRD = "2900000000031"


def give_back(shop, number: str, receipt: str, at) -> None:
    one = Return(source="pos", external_id=number, store="S1", occurred_at=at, receipt=Receipt("pos", receipt))
    (recorded,) = flows.record_returns(shop.conn, shop.context, [one], at)
    assert isinstance(recorded, flows.RecordedReturn), recorded


def differences(shop) -> list[tuple[str, str, str]]:
    outcome = flows.verify_all(shop.pool, shop.context)
    return [(one.field, one.found, one.derived) for one in outcome.differences]


def from_the_beginning(shop, month):
    with flows.see_one_instant(shop.pool) as conn:
        view = flows.open_view(conn, month, None, from_beginning=True)
        return view.draw_up(conn, view.follow(conn))


@pytest.fixture
def busy(shop):
    """Two closed months, days of the next month before each close, returns, and a transfer."""
    shop.publish()
    shop.sell(day(3, 5), 1_000)
    shop.sell(day(3, 6), 300, store="S2", member=OTHER)
    shop.use(day(3, 20), 400, store="S2", external_id="U-1")
    shop.sell(day(4, 1), 70, member=THIRD)
    shop.close(MARCH)
    shop.use(day(4, 10), 100, store="S2")
    give_back(shop, "B-1", "U-1", day(4, 11))
    shop.sell(day(3, 30), 50, late=day(4, 12))
    shop.sell(day(5, 2), 80, member=OTHER)
    shop.close(APRIL)
    shop.use(day(5, 4), 350, store="S1", member=OTHER)
    shop.sell(day(5, 5), 20, store="S2")
    gift = flows.Transfer(
        source="app", external_id="T-1", way=flows.Way.GIFT, points=60, store="S1",
        sender=flows.Party(identifiers=card(MEMBER)), recipient=flows.Party(identifiers=card(OTHER)),
    )  # fmt: skip
    (moved,) = flows.transfer_points(shop.conn, shop.context, [gift], ACTOR, now=day(5, 6))
    assert isinstance(moved, flows.TransferredPoints), moved
    return shop


def test_a_draft_that_goes_on_from_a_close_is_the_one_from_the_first_entry(busy):
    assert flows.read_month(busy.pool, MAY) == from_the_beginning(busy, MAY)
    closed = busy.close(MAY)
    assert closed.kpis.points_outstanding == sum(
        row[0] for row in busy.conn.execute("select balance from ledger.accounts").fetchall()
    )
    busy.conn.rollback()
    assert flows.read_month(busy.pool, JUNE) == from_the_beginning(busy, JUNE)
    assert differences(busy) == []


def test_only_accounts_that_moved_are_written_again(busy):
    rows = busy.conn.execute("select walk, count(*) from accounting.positions group by walk order by walk").fetchall()
    busy.conn.rollback()
    assert [count for _, count in rows] == [3, 2]


def test_a_past_instant_begins_at_the_close_before_it(busy):
    busy.close(MAY)
    with flows.see_one_instant(busy.pool) as conn:
        closes = accounting.list_closes(conn)
    first, second, third = (one.walk.walk for one in closes if one.walk)
    assert accounting.choose_start(closes, MAY, day(5, 4)).walks == (first, second)
    assert accounting.choose_start(closes, MAY, day(5, 4)).upto == (first, second, third)
    assert accounting.choose_start(closes, APRIL, day(4, 2)).walks == ()
    assert accounting.choose_start(closes, JUNE, None).walks == (first, second, third)
    assert accounting.choose_start(closes, JUNE, None).upto is None
    found = flows.read_books_at(busy.pool, day(5, 4, 13))
    assert (found.accounts, found.entries, found.balance) == (3, 9, 1_000 + 300 + 70 - 100 + 50 + 80 - 350)
    assert found.balance == found.outstanding


def test_a_position_that_was_tampered_with_is_named(busy, owner_conn):
    owner_conn.execute("alter table accounting.positions disable trigger user")
    owner_conn.execute(
        'update accounting.positions set standing = replace(standing::text, \'["2026-05","m","S1",80]\','
        ' \'["2026-05","m","S1",81]\')::json'
    )
    owner_conn.execute("alter table accounting.positions enable trigger user")
    owner_conn.commit()
    assert "books.standing" in {field for field, _, _ in differences(busy)}


def test_a_close_that_was_cut_off_between_walk_and_books_leaves_nothing(busy, monkeypatch):
    """The machine stops after the walk was written: the month is open, and closing it again starts anew."""

    def stop(*_: object, **__: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(accounting, "freeze", stop)
        with pytest.raises(ConnectionError):
            busy.close(MAY)
    count = "select count(*) from accounting.walks"
    assert busy.conn.execute(count).fetchone() == (3,)
    busy.conn.rollback()
    draft = flows.read_month(busy.pool, MAY)
    closed = busy.close(MAY)
    assert (closed.lines, closed.movements) == (draft.lines, draft.movements)
    assert busy.conn.execute(count).fetchone() == (3,)
    assert busy.conn.execute(
        "select count(*) from accounting.positions where walk not in (select walk from accounting.walks)"
    ).fetchone() == (0,)
    busy.conn.rollback()
    assert differences(busy) == []


@pytest.mark.parametrize("table", ["walks", "positions", "walked", "ahead", "sold"])
def test_what_a_close_rests_on_stays(busy, owner_conn, table):
    for statement in (f"delete from accounting.{table}", f"truncate accounting.{table} cascade"):
        with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="only ever added to"):
            owner_conn.execute(statement)  # type: ignore[arg-type]
        owner_conn.rollback()
