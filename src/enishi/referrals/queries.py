"""The SQL of the schema ``referrals``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import dict_row, tuple_row

from enishi.kit.arrays import text_array, uuid_array
from enishi.referrals.model import Referral, ReferralSettings, ReferralVersion

_PUBLISHING_LOCK = 0x656E_6973_6869_0141
"""Number of the advisory lock under which versions are published: the bytes of "enishi", then this domain's number."""

_settings_decoder = msgspec.json.Decoder(ReferralSettings)


def _version(  # noqa: PLR0917 - one argument per column
    version: int, effective_at: datetime, published_at: datetime, author: str, reason: str, settings: str
) -> ReferralVersion:
    return ReferralVersion(version, effective_at, published_at, author, reason, _settings_decoder.decode(settings))


def _referral(row: dict[str, Any]) -> Referral:
    return msgspec.convert(row, Referral)


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def select_versions(conn: Connection) -> tuple[ReferralVersion, ...]:
    """Every version, ascending by number."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "select version, effective_at, published_at, author, reason, settings::text from referrals.versions"
            " order by version"
        ).fetchall()
    return tuple(_version(*row) for row in rows)


def exists_version(conn: Connection) -> bool:
    """Whether anything was ever published."""
    row = conn.execute("select exists (select from referrals.versions)").fetchone()
    return row is not None and bool(row[0])


def insert_version(conn: Connection, version: ReferralVersion) -> None:
    """Add one version."""
    conn.execute(
        "insert into referrals.versions (version, effective_at, published_at, author, reason, settings)"
        " values (%s, %s, %s, %s, %s, %s::jsonb)",
        (
            version.version,
            version.effective_at,
            version.published_at,
            version.author,
            version.reason,
            msgspec.json.encode(version.settings).decode(),
        ),
    )


def select_code(conn: Connection, customer_id: UUID) -> str | None:
    """Somebody's code; None when they have none yet."""
    row = conn.execute("select code from referrals.codes where customer_id = %s", (customer_id,)).fetchone()
    return None if row is None else row[0]


def insert_code(conn: Connection, customer_id: UUID, code: str, now: datetime) -> None:
    """Give somebody a code, unless they have one or the code is somebody's."""
    conn.execute(
        "insert into referrals.codes (customer_id, code, created_at) values (%s, %s, %s) on conflict do nothing",
        (customer_id, code, now),
    )


def select_owner(conn: Connection, code: str) -> UUID | None:
    """Whose code it is."""
    row = conn.execute("select customer_id from referrals.codes where code = %s", (code,)).fetchone()
    return None if row is None else row[0]


def lock_claiming(conn: Connection, names: Sequence[str]) -> None:
    """Wait until no other transaction claims under one of these names; ascending, so that none wait in a ring."""
    conn.execute(
        """
        select pg_advisory_xact_lock(number)
        from (select distinct hashtextextended(name, 141) as number from unnest(%s::text[]) as name order by 1) as locks
        """,
        (text_array(names),),
    )


def insert_referral(conn: Connection, one: Referral) -> None:
    """Add a referral. Somebody who was referred already makes this fail with a unique violation."""
    conn.execute(
        """
        insert into referrals.referrals (
            referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
            purchase_by, state, findings
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::json)
        """,
        (
            one.referral_id,
            one.referrer_id,
            one.referee_id,
            one.code,
            one.version,
            one.channel,
            one.store,
            one.terminal,
            one.claimed_by,
            one.claimed_at,
            one.purchase_by,
            one.state.value,
            msgspec.json.encode(one.findings).decode(),
        ),
    )


def update_referral(conn: Connection, one: Referral) -> bool:
    """Write a referral as it is now, unless it has changed since its ``revision`` was read; false when it has."""
    row = conn.execute(
        """
        update referrals.referrals set
            state = %s, purchase_id = %s, purchase_store = %s, qualified_at = %s, due_at = %s, settled_at = %s,
            referrer_points = %s, referee_points = %s, referrer_seq = %s, referee_seq = %s, capped = %s,
            decided_by = %s, decided_at = %s, decision_note = %s, revision = revision + 1
        where referral_id = %s and revision = %s
        returning revision
        """,
        (
            one.state.value,
            one.purchase_id,
            one.purchase_store,
            one.qualified_at,
            one.due_at,
            one.settled_at,
            one.referrer_points,
            one.referee_points,
            one.referrer_seq,
            one.referee_seq,
            one.capped,
            one.decided_by,
            one.decided_at,
            one.decision_note,
            one.referral_id,
            one.revision,
        ),
    ).fetchone()
    return row is not None


def ask_open(conn: Connection, referee_ids: Sequence[UUID]) -> Callable[[], list[Referral]]:
    """Ask for referrals of these people that a purchase can still qualify; in a pipeline answered when called for."""
    cursor = conn.cursor(row_factory=dict_row)
    cursor.execute(
        """
        select
            referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
            purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
            referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at, decision_note,
            revision
        from referrals.referrals
        where referee_id = any(%s::uuid[]) and state in ('open', 'held') and purchase_id is null
        """,
        (uuid_array(referee_ids),),
    )
    return lambda: [_referral(row) for row in cursor.fetchall()]


def select_by_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> list[Referral]:
    """Referrals that these purchases have qualified."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where purchase_id = any(%s::uuid[])
            """,
            (uuid_array(purchase_ids),),
        ).fetchall()
    return [_referral(row) for row in rows]


def select_referral(conn: Connection, referral_id: UUID, stores: Sequence[str] | None) -> Referral | None:
    """One referral, if it was claimed at one of these stores (None: at any)."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where referral_id = %(one)s and (%(stores)s::text[] is null or store = any(%(stores)s))
            """,
            {"one": referral_id, "stores": None if stores is None else list(stores)},
        ).fetchone()
    return None if row is None else _referral(row)


def select_of_referee(conn: Connection, referee_id: UUID) -> Referral | None:
    """The referral by which somebody was referred; there is one at most."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where referee_id = %s
            """,
            (referee_id,),
        ).fetchone()
    return None if row is None else _referral(row)


def select_of_customer(conn: Connection, customer_id: UUID, limit: int) -> list[Referral]:
    """Referrals in which somebody takes part, newest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where referrer_id = %(customer)s or referee_id = %(customer)s
            order by claimed_at desc, referral_id desc
            limit %(limit)s
            """,
            {"customer": customer_id, "limit": limit},
        ).fetchall()
    return [_referral(row) for row in rows]


def select_referrals(
    conn: Connection,
    *,
    states: Sequence[str] | None,
    stores: Sequence[str] | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Referral]:
    """Referrals in some states, claimed at some stores (None: all), newest first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where
                (%(states)s::text[] is null or state = any(%(states)s))
                and (%(stores)s::text[] is null or store = any(%(stores)s))
                and (%(at)s::timestamptz is null or (claimed_at, referral_id) < (%(at)s, %(id)s::uuid))
            order by claimed_at desc, referral_id desc
            limit %(limit)s
            """,
            {
                "states": None if states is None else list(states),
                "stores": None if stores is None else list(stores),
                "at": None if before is None else before[0],
                "id": None if before is None else before[1],
                "limit": limit,
            },
        ).fetchall()
    return [_referral(row) for row in rows]


def select_due(conn: Connection, now: datetime, limit: int) -> list[Referral]:
    """Referrals whose wait is over, the longest due first."""
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            """
            select
                referral_id, referrer_id, referee_id, code, version, channel, store, terminal, claimed_by, claimed_at,
                purchase_by, state, findings, purchase_id, purchase_store, qualified_at, due_at, settled_at,
                referrer_points, referee_points, referrer_seq, referee_seq, capped, decided_by, decided_at,
                decision_note, revision
            from referrals.referrals
            where state = 'waiting' and due_at <= %s
            order by due_at, referral_id
            limit %s
            """,
            (now, limit),
        ).fetchall()
    return [_referral(row) for row in rows]


def update_lapsed(conn: Connection, overdue: datetime, now: datetime, limit: int) -> int:
    """Mark open referrals that nobody can qualify any more; returns how many."""
    return conn.execute(
        """
        update referrals.referrals set state = 'lapsed', settled_at = %s, revision = revision + 1
        where referral_id in (
            select referral_id from referrals.referrals
            where state = 'open' and purchase_id is null and purchase_by < %s
            limit %s
            for update skip locked
        )
        """,
        (now, overdue, limit),
    ).rowcount
