"""``books.close``: closing a month behind a long history, against following it from the first entry there ever was.

The history lies in January 2020 and is closed; the month is February: two receipts a customer, of which one in four is
paid with points.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg

from bench.figures import BenchFailed, Figure, say
from bench.stage import OPENED_AT, Installation, Stage
from enishi import accounting, flows
from enishi.accounting import AccountingSettings, Statement
from enishi.kit.database import open_pool

NAME = "books.close"
_DRAFT = "books.draft"
_PEER = "peer.from_the_first_entry"
_BEFORE, _MONTH = date(2020, 1, 1), date(2020, 2, 1)
_CLOSED_AT = datetime(2020, 3, 3, tzinfo=UTC)
_ACTOR = "system"


def measure_closing(stage: Stage, history: int) -> Iterator[Figure]:
    """Draw the month up from the first entry and from the close before, and close it: each takes long enough."""
    with stage.open_installation("books", history=history) as installation:
        # Its own connections: the plans of these statements depend on how much is asked for.
        with open_pool(installation.database.app_dsn, 1, 2, generic_plans=False, name="books") as pool:
            with pool.connection() as conn:
                accounting.publish_settings(
                    conn, AccountingSettings(), _BEFORE, _ACTOR, "Opening of the bench", OPENED_AT
                )
            began = time.perf_counter()
            flows.close_month(pool, installation.context, _BEFORE, actor=_ACTOR, now=_CLOSED_AT, steps=())
            say(f"  the months of history closed in {time.perf_counter() - began:.0f} s")
            entries = _fill_month(installation)
            stage.checkpoint()
            began = time.perf_counter()
            with flows.see_one_instant(pool) as conn:
                view = flows.open_view(conn, _MONTH, None, from_beginning=True)
                anew = view.draw_up(conn, view.follow(conn))
            whole = time.perf_counter() - began
            began = time.perf_counter()
            draft = flows.read_month(pool, _MONTH)
            drafted = time.perf_counter() - began
            began = time.perf_counter()
            closed = flows.close_month(
                pool, installation.context, _MONTH, actor=_ACTOR, now=_CLOSED_AT, steps=()
            ).statement
            seconds = time.perf_counter() - began
        _compare(anew, draft, closed)
    say(f"  {entries:,} entries: from the first entry {whole:.1f} s, draft {drafted:.1f} s, close {seconds:.1f} s")
    yield Figure(_PEER, entries / whole, "entries/s")
    yield Figure(_DRAFT, entries / drafted, "entries/s", _PEER, whole / drafted)
    yield Figure(NAME, entries / seconds, "entries/s", _PEER, whole / seconds)


def _compare(*statements: Statement) -> None:
    if any((one.lines, one.movements, one.kpis) != (statements[0].lines, statements[0].movements, statements[0].kpis)
           for one in statements):  # fmt: skip
        raise BenchFailed("The books of the month differ by the way they were drawn up.")


def _fill_month(installation: Installation) -> int:
    """Two receipts of every customer and the entries they led to; returns how many entries that were."""
    with psycopg.connect(installation.admin_dsn) as conn:
        conn.execute("set session_replication_role = replica")
        conn.execute("set work_mem = '512MB'")
        conn.execute(
            """
            create table bench.month as
            select
                customer_id, seq + number as seq, number, balance,
                uuidv7(timestamptz '2020-02-10T00:00:00Z' - now() + make_interval(hours => number * 24)) as purchase_id,
                number = 2 and row_number() over (partition by number order by customer_id) % 2 = 0 as spends
            from ledger.accounts cross join generate_series(1, 2) as number
            """
        )
        conn.execute(
            """
            insert into purchases.purchases (
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines, payments, points_to_use, coupon_codes, total_yen,
                fingerprint, first_seq, entry_count, points_earned, answer
            )
            select
                purchase_id, 'pos', purchase_id::text, 'pos', 'S' || ascii(right(purchase_id::text, 1)) % 8, '1', at,
                540, at, customer_id, '{}', 'included',
                '[["4901234567894",1,108,8,0,"food",null],["4901234567900",3,200,10,0,"",null],'
                '["4901234567917",1,292,10,0,"",null]]',
                '[]', case when spends then 1000 else 0 end, '{}', 1000, sha256(purchase_id::text::bytea), seq, 1,
                case when spends then 0 else 9 end, '{}'
            from
                bench.month,
                lateral (select timestamptz '2020-02-10T00:00:00Z' + make_interval(days => number)) as t (at)
            order by month.purchase_id
            """
        )
        conn.execute(
            """
            insert into ledger.journal (
                customer_id, seq, entry_type, points, balance_after, lots, store, purchase_id, occurred_at, recorded_at,
                basis
            )
            select
                customer_id, seq, case when spends then 'spend' else 'earn' end::ledger.entry_type, points,
                balance + 9 + case number when 2 then points else 0 end,
                json_build_array(json_build_array('r', '2099-12-31', points)),
                'S' || ascii(right(purchase_id::text, 1)) % 8, purchase_id, at, at,
                '{"v":1,"u":100,"k":1,"a":[[8,108,0,100,0,0],[10,892,0,811,0,0]],"x":"911/100","p":9}'
            from
                bench.month,
                lateral (select timestamptz '2020-02-10T00:00:00Z' + make_interval(days => number)) as t (at),
                lateral (select case when spends then -1000 else 9 end) as p (points)
            order by month.number, month.purchase_id
            """
        )
        conn.execute(
            """
            update ledger.accounts as account
            set
                seq = month.seq, balance = account.balance + 9 + moved,
                lots = jsonb_build_array(jsonb_build_array('r', '2099-12-31', account.balance + 9 + moved))
            from bench.month, lateral (select case when spends then -1000 else 9 end) as m (moved)
            where month.customer_id = account.customer_id and month.number = 2
            """
        )
        conn.execute("drop table bench.month")
    with psycopg.connect(installation.admin_dsn, autocommit=True) as conn:
        conn.execute("vacuum analyze")
    return 2 * installation.customers
