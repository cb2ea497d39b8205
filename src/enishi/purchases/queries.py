"""The SQL of the schema ``purchases``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import args_row

from enishi.kit.arrays import (
    bytea_array,
    bytea_arrays,
    instant_array,
    int_array,
    json_array,
    text_array,
    text_arrays,
    uuid_array,
)
from enishi.purchases.model import (
    Channel,
    CustomerFigures,
    DayFigures,
    FirstAnswer,
    Key,
    Line,
    NewPurchase,
    Payment,
    StoredPurchase,
    TaxMode,
)

_encode = msgspec.json.Encoder().encode
_decode_lines = msgspec.json.Decoder(list[tuple[str, int, int, int, int, str, int | None]]).decode
_decode_payments = msgspec.json.Decoder(tuple[Payment, ...]).decode
_decode_answer = msgspec.json.Decoder(FirstAnswer).decode


def insert_purchases(conn: Connection, purchases: Sequence[NewPurchase], recorded_at: datetime) -> None:
    """Record purchases, in the order of their keys so that two batches with the same keys can not wait in a ring."""
    ordered = sorted(purchases, key=lambda one: (one.purchase.source, one.purchase.external_id))
    bodies = [one.purchase for one in ordered]
    conn.execute(
        """
        insert into purchases.purchases (
            purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, customer_id,
            identifiers, tax_mode, lines, payments, points_to_use, coupon_codes, total_yen, fingerprint, first_seq,
            entry_count, points_earned, answer, recorded_at
        )
        select
            purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, customer_id,
            identifiers::bytea[], tax_mode, lines, payments, points_to_use, coupon_codes::text[], total_yen,
            fingerprint, first_seq, entry_count, points_earned, answer, %s
        from unnest(
            %s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::smallint[],
            %s::uuid[], %s::text[], %s::text[], %s::json[], %s::json[], %s::int[], %s::text[], %s::bigint[],
            %s::bytea[], %s::int[], %s::smallint[], %s::int[], %s::json[]
        ) as new (
            purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, customer_id,
            identifiers, tax_mode, lines, payments, points_to_use, coupon_codes, total_yen, fingerprint, first_seq,
            entry_count, points_earned, answer
        )
        """,
        (
            recorded_at,
            uuid_array([one.purchase_id for one in ordered]),
            text_array([body.source for body in bodies]),
            text_array([body.external_id for body in bodies]),
            text_array([body.channel for body in bodies]),
            text_array([body.store for body in bodies]),
            text_array([body.terminal for body in bodies]),
            instant_array([one.occurred_at for one in ordered]),
            int_array([_offset_minutes(body.occurred_at) for body in bodies]),
            uuid_array([one.customer_id for one in ordered]),
            bytea_arrays([one.lookups for one in ordered]),
            text_array([body.tax_mode for body in bodies]),
            json_array([one.lines for one in ordered]),
            json_array([_encode(body.payments) for body in bodies]),
            int_array([body.points_to_use for body in bodies]),
            text_arrays([body.coupon_codes for body in bodies]),
            int_array([one.total_yen for one in ordered]),
            bytea_array([one.fingerprint for one in ordered]),
            int_array([one.first_seq for one in ordered]),
            int_array([one.entry_count for one in ordered]),
            int_array([one.points_earned for one in ordered]),
            json_array([_encode(one.answer) for one in ordered]),
        ),
    )


def _offset_minutes(instant: datetime) -> int:
    offset = instant.utcoffset()
    return 0 if offset is None else int(offset.total_seconds()) // 60


def purchase_row(cursor: Any) -> Callable[[Sequence[Any]], StoredPurchase]:  # noqa: ARG001 - psycopg's row factory
    """How a row of every column becomes a purchase."""
    return _make_purchase


def _make_purchase(row: Sequence[Any]) -> StoredPurchase:
    return StoredPurchase(
        purchase_id=row[0],
        source=row[1],
        external_id=row[2],
        channel=Channel(row[3]),
        store=row[4],
        terminal=row[5],
        occurred_at=row[6].astimezone(timezone(timedelta(minutes=row[7]))),
        recorded_at=row[8],
        customer_id=row[9],
        identifiers=tuple(row[10]),
        tax_mode=TaxMode(row[11]),
        lines=tuple(Line(*line) for line in _decode_lines(row[12])),
        payments=_decode_payments(row[13]),
        points_to_use=row[14],
        coupon_codes=tuple(row[15]),
        total_yen=row[16],
        fingerprint=row[17],
        first_seq=row[18],
        entry_count=row[19],
        points_earned=row[20],
        answer=_decode_answer(row[21]),
    )


def ask_by_keys(conn: Connection, keys: Sequence[Key]) -> Callable[[], list[StoredPurchase]]:
    """Ask for the purchases recorded under these keys; in a pipeline the answer is waited for when it is called for."""
    return (
        conn.cursor(row_factory=purchase_row)
        .execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from unnest(%s::text[], %s::text[]) as wanted (source, external_id)
            join purchases.purchases using (source, external_id)
            """,
            (text_array([key.source for key in keys]), text_array([key.external_id for key in keys])),
        )
        .fetchall
    )


def select_by_ids(conn: Connection, purchase_ids: Sequence[UUID]) -> list[StoredPurchase]:
    """The purchases with these IDs."""
    with conn.cursor(row_factory=purchase_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from purchases.purchases
            where purchase_id = any(%s::uuid[])
            """,
            (uuid_array(purchase_ids),),
        ).fetchall()


def select_of_customer(
    conn: Connection, customer_id: UUID, before: tuple[datetime, UUID], stores: Sequence[str] | None, limit: int
) -> list[StoredPurchase]:
    """A customer's purchases older than ``before``, newest first; only those of ``stores`` unless it is None."""
    with conn.cursor(row_factory=purchase_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from purchases.purchases
            where
                customer_id = %(customer_id)s
                and (occurred_at, purchase_id) < (%(occurred_at)s, %(purchase_id)s)
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
                and not exists (select from purchases.owners where fact_id = purchase_id)
            order by occurred_at desc, purchase_id desc
            limit %(limit)s
            """,
            {
                "customer_id": customer_id,
                "occurred_at": before[0],
                "purchase_id": before[1],
                "stores": None if stores is None else text_array(stores),
                "limit": limit,
            },
        ).fetchall()


def select_by_external_id(conn: Connection, external_id: str, limit: int) -> list[StoredPurchase]:
    """Purchases with a receipt number, of whichever source."""
    with conn.cursor(row_factory=purchase_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from purchases.purchases
            where external_id = %s
            order by occurred_at desc
            limit %s
            """,
            (external_id, limit),
        ).fetchall()


def select_latest(conn: Connection, stores: Sequence[str] | None, limit: int) -> list[StoredPurchase]:
    """The purchases that occurred last; only those of ``stores`` unless it is None."""
    with conn.cursor(row_factory=purchase_row) as cursor:
        return cursor.execute(
            """
            select
                purchase_id, source, external_id, channel, store, terminal, occurred_at, offset_minutes, recorded_at,
                customer_id, identifiers, tax_mode, lines::text, payments::text, points_to_use, coupon_codes,
                total_yen, fingerprint, first_seq, entry_count, points_earned, answer::text
            from purchases.purchases
            where %(stores)s::text[] is null or store = any(%(stores)s::text[])
            order by purchase_id desc
            limit %(limit)s
            """,
            {"stores": None if stores is None else text_array(stores), "limit": limit},
        ).fetchall()


def select_day_figures(
    conn: Connection, since: datetime, since_id: UUID, zone: str, stores: Sequence[str] | None
) -> list[DayFigures]:
    """What was bought on each day from ``since`` on; ``since_id`` is the smallest ID a purchase then can have.

    Purchase IDs ascend with the time of the purchase, so the primary key serves as the index on time.
    """
    with conn.cursor(row_factory=args_row(DayFigures)) as cursor:
        return cursor.execute(
            """
            select
                (occurred_at at time zone %(zone)s)::date, count(*), count(distinct customer_id),
                coalesce(sum(total_yen), 0)::bigint, coalesce(sum(points_earned), 0)::bigint,
                coalesce(sum(points_to_use), 0)::bigint
            from purchases.purchases
            where
                purchase_id >= %(since_id)s
                and occurred_at >= %(since)s
                and (%(stores)s::text[] is null or store = any(%(stores)s::text[]))
            group by 1
            order by 1
            """,
            {
                "zone": zone,
                "since": since,
                "since_id": since_id,
                "stores": None if stores is None else text_array(stores),
            },
        ).fetchall()


def select_customer_figures(
    conn: Connection, customer_ids: Sequence[UUID], stores: Sequence[str] | None
) -> dict[UUID, CustomerFigures]:
    """What each customer bought so far; only in ``stores`` unless it is None. Who bought nothing is absent."""
    cursor = conn.execute(
        """
        select customer_id, count(*), coalesce(sum(total_yen), 0)::bigint, min(occurred_at), max(occurred_at)
        from (
            select customer_id, store, total_yen, occurred_at
            from purchases.purchases
            where
                customer_id = any(%(customer_ids)s::uuid[])
                and not exists (select from purchases.owners where fact_id = purchase_id)
            union all
            select claims.customer_id, store, purchases.total_yen, purchases.occurred_at
            from purchases.claims
            join purchases.purchases using (purchase_id)
            where
                claims.customer_id = any(%(customer_ids)s::uuid[])
                and not exists (select from purchases.owners where fact_id = purchase_id)
            union all
            select owners.customer_id, store, total_yen, occurred_at
            from purchases.owners
            join purchases.purchases on purchase_id = fact_id
            where owners.customer_id = any(%(customer_ids)s::uuid[])
        ) as bought
        where %(stores)s::text[] is null or store = any(%(stores)s::text[])
        group by customer_id
        """,
        {"customer_ids": uuid_array(customer_ids), "stores": None if stores is None else text_array(stores)},
    )
    return {row[0]: CustomerFigures(*row[1:]) for row in cursor}


def count_purchases(conn: Connection) -> int:
    """How many purchases are recorded."""
    row = conn.execute("select count(*) from purchases.purchases").fetchone()
    return 0 if row is None else row[0]


def stream_point_sums(conn: Connection, low: UUID, high: UUID) -> Iterator[tuple[tuple[UUID], tuple[int, ...]]]:
    """Per customer of ``low <= id < high`` with entries, ascending: points earned, points used and number of entries
    of the purchases, and points that returns took back and gave back.
    """
    with conn.cursor(name="point_sums") as cursor:
        cursor.itersize = 20_000
        cursor.execute(
            """
            select
                customer_id, sum(earned)::bigint, sum(used)::bigint, sum(entries)::bigint, sum(taken_back)::bigint,
                sum(given_back)::bigint
            from (
                select
                    customer_id, points_earned as earned, points_to_use as used, entry_count as entries,
                    0 as taken_back, 0 as given_back
                from purchases.purchases
                where customer_id is not null and entry_count > 0
                union all
                select customer_id, points_earned, 0, entry_count, 0, 0
                from purchases.claims
                where entry_count > 0
                union all
                select customer_id, 0, 0, 0, points_taken_back, points_given_back
                from purchases.returns
                where customer_id is not null and entry_count > 0
            ) as facts
            where customer_id >= %(low)s and customer_id < %(high)s
            group by customer_id
            order by customer_id
            """,
            {"low": low, "high": high},
        )
        for customer_id, *sums in cursor:
            yield (customer_id,), tuple(sums)
