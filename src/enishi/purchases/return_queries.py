"""The SQL of ``purchases.returns``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.kit.arrays import (
    bytea_array,
    date_array,
    instant_array,
    int_array,
    json_array,
    text_array,
    uuid_array,
)
from enishi.purchases.model import Key
from enishi.purchases.returns import Returned, StoredReturn

_decode_lines = msgspec.json.Decoder(list[tuple[int, int]]).decode


def insert_returns(conn: Connection, returns: Sequence[StoredReturn]) -> None:
    """Record returns, in the order of their keys so that two batches with the same keys can not wait in a ring."""
    ordered = sorted(returns, key=lambda one: (one.source, one.external_id))
    conn.execute(
        """
        insert into purchases.returns (
            return_id, source, external_id, purchase_id, position, store, terminal, occurred_at, offset_minutes,
            recorded_at, customer_id, lines, refund_yen, completes, points_taken_back, points_absorbed,
            points_given_back, points_lost, first_seq, entry_count, month, fingerprint, answer, refund_net_yen
        )
        select
            return_id, source, external_id, purchase_id, nullif(position, 0), store, terminal, occurred_at,
            offset_minutes, recorded_at, customer_id, lines, refund_yen, completes = 1, points_taken_back,
            points_absorbed, points_given_back, points_lost, first_seq, entry_count,
            case when customer_id is not null then month end, fingerprint, answer, refund_net_yen
        from unnest(
            %s::uuid[], %s::text[], %s::text[], %s::uuid[], %s::smallint[], %s::text[], %s::text[], %s::timestamptz[],
            %s::smallint[], %s::timestamptz[], %s::uuid[], %s::json[], %s::bigint[], %s::int[], %s::int[], %s::int[],
            %s::int[], %s::int[], %s::int[], %s::smallint[], %s::date[], %s::bytea[], %s::json[], %s::bigint[]
        ) as new (
            return_id, source, external_id, purchase_id, position, store, terminal, occurred_at, offset_minutes,
            recorded_at, customer_id, lines, refund_yen, completes, points_taken_back, points_absorbed,
            points_given_back, points_lost, first_seq, entry_count, month, fingerprint, answer, refund_net_yen
        )
        """,
        (
            uuid_array([one.return_id for one in ordered]),
            text_array([one.source for one in ordered]),
            text_array([one.external_id for one in ordered]),
            uuid_array([one.purchase_id for one in ordered]),
            int_array([one.position or 0 for one in ordered]),
            text_array([one.store for one in ordered]),
            text_array([one.terminal for one in ordered]),
            instant_array([one.occurred_at for one in ordered]),
            int_array([_offset_minutes(one) for one in ordered]),
            instant_array([one.recorded_at for one in ordered]),
            uuid_array([one.customer_id for one in ordered]),
            json_array([one.lines for one in ordered]),
            int_array([one.refund_yen for one in ordered]),
            int_array([one.completes for one in ordered]),
            int_array([one.points_taken_back for one in ordered]),
            int_array([one.points_absorbed for one in ordered]),
            int_array([one.points_given_back for one in ordered]),
            int_array([one.points_lost for one in ordered]),
            int_array([one.first_seq for one in ordered]),
            int_array([one.entry_count for one in ordered]),
            date_array([one.month or one.occurred_at.date().replace(day=1) for one in ordered]),
            bytea_array([one.fingerprint for one in ordered]),
            json_array([one.answer for one in ordered]),
            int_array([one.refund_net_yen for one in ordered]),
        ),
    )


def _offset_minutes(one: StoredReturn) -> int:
    offset = one.occurred_at.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 60


def _make_return(row: Sequence[Any]) -> StoredReturn:
    return StoredReturn(
        return_id=row[0],
        source=row[1],
        external_id=row[2],
        purchase_id=row[3],
        position=row[4],
        store=row[5],
        terminal=row[6],
        occurred_at=row[7],
        recorded_at=row[8],
        customer_id=row[9],
        lines=row[10].encode(),
        refund_yen=row[11],
        completes=row[12],
        points_taken_back=row[13],
        points_absorbed=row[14],
        points_given_back=row[15],
        points_lost=row[16],
        first_seq=row[17],
        entry_count=row[18],
        month=row[19],
        fingerprint=row[20],
        answer=row[21].encode(),
        refund_net_yen=row[22],
    )


def select_returns(conn: Connection, keys: Sequence[Key]) -> dict[Key, StoredReturn]:
    """The returns recorded under these keys; unused keys are absent."""
    cursor = conn.execute(
        """
        select
            return_id, source, external_id, purchase_id, position, store, terminal, occurred_at, recorded_at,
            customer_id, lines::text, refund_yen, completes, points_taken_back, points_absorbed, points_given_back,
            points_lost, first_seq, entry_count, month, fingerprint, answer::text, refund_net_yen
        from unnest(%s::text[], %s::text[]) as wanted (source, external_id)
        join purchases.returns using (source, external_id)
        """,
        (text_array([key.source for key in keys]), text_array([key.external_id for key in keys])),
    )
    return {Key(row[1], row[2]): _make_return(row) for row in cursor}


def select_returned(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, Returned]:
    """What has come back of these purchases so far; those of which nothing has are absent."""
    cursor = conn.execute(
        """
        select
            purchase_id, lines::text, refund_yen, points_taken_back + points_absorbed, points_given_back + points_lost
        from purchases.returns
        where purchase_id = any(%s::uuid[])
        order by purchase_id, position
        """,
        (uuid_array(purchase_ids),),
    )
    found: dict[UUID, Returned] = {}
    for purchase_id, lines, refund_yen, points_reversed, points_restored in cursor:
        before = found.get(purchase_id)
        quantities = dict(before.quantities) if before else {}
        for line, quantity in _decode_lines(lines):
            quantities[line] = quantities.get(line, 0) + quantity
        found[purchase_id] = Returned(
            (before.count if before else 0) + 1,
            quantities,
            (before.refund_yen if before else 0) + refund_yen,
            (before.points_reversed if before else 0) + points_reversed,
            (before.points_restored if before else 0) + points_restored,
        )
    return found


def select_returns_of(conn: Connection, purchase_ids: Sequence[UUID]) -> dict[UUID, list[StoredReturn]]:
    """The returns of these purchases, in their order; purchases without any are absent."""
    cursor = conn.execute(
        """
        select
            return_id, source, external_id, purchase_id, position, store, terminal, occurred_at, recorded_at,
            customer_id, lines::text, refund_yen, completes, points_taken_back, points_absorbed, points_given_back,
            points_lost, first_seq, entry_count, month, fingerprint, answer::text, refund_net_yen
        from purchases.returns
        where purchase_id = any(%s::uuid[])
        order by purchase_id, position
        """,
        (uuid_array(purchase_ids),),
    )
    found: dict[UUID, list[StoredReturn]] = {}
    for row in cursor:
        found.setdefault(row[3], []).append(_make_return(row))
    return found
