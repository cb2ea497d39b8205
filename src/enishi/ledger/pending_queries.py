"""The SQL of pending points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import date_array, instant_array, int_array, json_array, text_array, uuid_array
from enishi.ledger.model import Kind
from enishi.ledger.pending_model import Pending, PendingState


def insert_pending(conn: Connection, rows: Sequence[Pending], recorded_at: datetime) -> None:
    """Record awards that become points later."""
    conn.execute(
        """
        insert into ledger.pending (
            purchase_id, award, customer_id, kind, points, store, purchased_at, month, event, days, due_at, basis,
            recorded_at
        )
        select
            purchase_id, award, customer_id, kind, points, store, purchased_at, month, event, days,
            due_at::timestamptz, basis, %s
        from unnest(
            %s::uuid[], %s::smallint[], %s::uuid[], %s::text[], %s::int[], %s::text[], %s::timestamptz[], %s::date[],
            %s::text[], %s::smallint[], %s::text[], %s::json[]
        ) as new (
            purchase_id, award, customer_id, kind, points, store, purchased_at, month, event, days, due_at, basis
        )
        """,
        (
            recorded_at,
            uuid_array([one.purchase_id for one in rows]),
            int_array([one.award for one in rows]),
            uuid_array([one.customer_id for one in rows]),
            text_array([one.kind for one in rows]),
            int_array([one.points for one in rows]),
            text_array([one.store for one in rows]),
            instant_array([one.purchased_at for one in rows]),
            date_array([one.month for one in rows]),
            text_array([one.event for one in rows]),
            int_array([one.days for one in rows]),
            text_array([_written(one.due_at) for one in rows]),
            json_array([one.basis for one in rows]),
        ),
    )


def update_pending(conn: Connection, rows: Sequence[Pending]) -> None:
    """Write what became of rows that are read behind the lock of their customer's account."""
    conn.execute(
        """
        update ledger.pending as held
        set
            state = new.state,
            cancelled_points = new.cancelled_points,
            entry_seq = nullif(new.entry_seq, 0),
            due_at = new.due_at::timestamptz,
            settled_at = new.settled_at::timestamptz
        from unnest(
            %s::uuid[], %s::smallint[], %s::text[], %s::int[], %s::int[], %s::text[], %s::text[]
        ) as new (purchase_id, award, state, cancelled_points, entry_seq, due_at, settled_at)
        where held.purchase_id = new.purchase_id and held.award = new.award
        """,
        (
            uuid_array([one.purchase_id for one in rows]),
            int_array([one.award for one in rows]),
            text_array([one.state for one in rows]),
            int_array([one.cancelled_points for one in rows]),
            int_array([one.entry_seq or 0 for one in rows]),
            text_array([_written(one.due_at) for one in rows]),
            text_array([_written(one.settled_at) for one in rows]),
        ),
    )


def _written(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _pending_row(cursor: Any) -> Callable[[Sequence[Any]], Pending]:  # noqa: ARG001 - psycopg's row factory
    return _make_pending


def _make_pending(row: Sequence[Any]) -> Pending:
    return Pending(
        purchase_id=row[0],
        award=row[1],
        customer_id=row[2],
        kind=Kind(row[3]),
        points=row[4],
        store=row[5],
        purchased_at=row[6],
        month=row[7],
        event=row[8],
        days=row[9],
        due_at=row[10],
        basis=row[11].encode(),
        state=PendingState(row[12]),
        cancelled_points=row[13],
        entry_seq=row[14],
        settled_at=row[15],
    )


def select_of_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> list[Pending]:
    """What purchases have earned for later, by purchase and award."""
    with conn.cursor(row_factory=_pending_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, award, customer_id, kind, points, store, purchased_at, month, event, days, due_at,
                basis::text, state, cancelled_points, entry_seq, settled_at
            from ledger.pending
            where purchase_id = any(%s::uuid[])
            order by purchase_id, award
            """,
            (uuid_array(purchase_ids),),
        ).fetchall()


def select_open_of_customers(conn: Connection, customer_ids: Sequence[UUID]) -> list[Pending]:
    """What customers are still waiting for, soonest first; what has no date yet comes last."""
    with conn.cursor(row_factory=_pending_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, award, customer_id, kind, points, store, purchased_at, month, event, days, due_at,
                basis::text, state, cancelled_points, entry_seq, settled_at
            from ledger.pending
            where customer_id = any(%s::uuid[]) and state = 'pending'
            order by due_at nulls last, purchase_id, award
            """,
            (uuid_array(customer_ids),),
        ).fetchall()


def select_due(conn: Connection, now: datetime, limit: int) -> list[tuple[UUID, UUID]]:
    """Purchases with pending points that are due, and their customers, longest due first."""
    cursor = conn.execute(
        """
        select purchase_id, customer_id
        from ledger.pending
        where state = 'pending' and due_at <= %s
        order by due_at
        limit %s
        """,
        (now, limit),
    )
    return list(dict.fromkeys((row[0], row[1]) for row in cursor))


def select_pending_differences(conn: Connection) -> list[tuple[UUID, str, str, str]]:
    """Confirmed points whose entry is missing or another: customer, where, what the row says, what the journal says.

    An entry that confirms two awards is named at the second.
    """
    cursor = conn.execute(
        """
        select
            pending.customer_id, 'pending[' || pending.purchase_id || ' ' || pending.award || ']',
            'earn ' || pending.points - pending.cancelled_points,
            coalesce(journal.entry_type::text || ' ' || journal.points, 'no entry')
            || case when pending.occurrence > 1 then ', confirmed before' else '' end
        from (
            select
                *, row_number() over (partition by customer_id, entry_seq order by purchase_id, award) as occurrence
            from ledger.pending
            where state = 'confirmed'
        ) as pending
        left join ledger.journal
            on journal.customer_id = pending.customer_id and journal.seq = pending.entry_seq
        where
            (
                journal.entry_type = 'earn'
                and journal.purchase_id is null
                and journal.points = pending.points - pending.cancelled_points
                and pending.occurrence = 1
            ) is not true
        order by 1, 2
        """
    )
    return cursor.fetchall()


def select_confirmed_by_purchase(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Points that were pending and were confirmed, by the purchase that earned them."""
    cursor = conn.execute(
        """
        select purchase_id, sum(points - cancelled_points)::bigint
        from ledger.pending
        where
            state = 'confirmed'
            and (
                (customer_id = any(%(ids)s::uuid[]) and owner_id is null)
                or owner_id = any(%(ids)s::uuid[])
            )
        group by purchase_id
        """,
        {"ids": uuid_array(customer_ids)},
    )
    return dict(cursor.fetchall())


def stream_pending_months(
    conn: Connection, low: UUID, high: UUID
) -> Iterator[tuple[tuple[UUID, date], tuple[int, int, int]]]:
    """Per customer of ``low <= id < high`` and month of the purchase, ascending: nothing, nothing, and points that were
    confirmed.
    """
    with conn.cursor(name="pending_months") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select coalesce(owner_id, customer_id) as owner, month, sum(points - cancelled_points)::bigint
            from ledger.pending
            where
                state = 'confirmed'
                and (
                    (customer_id >= %(low)s and customer_id < %(high)s and owner_id is null)
                    or (owner_id >= %(low)s and owner_id < %(high)s)
                )
            group by owner, month
            order by owner, month
            """,
            {"low": low, "high": high},
        )
        for customer_id, month, points in cursor:
            yield (customer_id, month), (0, 0, points)
