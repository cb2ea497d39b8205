"""The SQL of the schema ``benefits``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import args_row, tuple_row

from enishi.benefits.model import BenefitDraft, BenefitSettings, BenefitVersion, Give, Grant
from enishi.kit.arrays import text_array, uuid_array

_PUBLISHING_LOCK = 0x656E_6973_6869_0140
"""Number of the advisory lock under which versions are published: the bytes of "enishi", then this domain's number."""

_settings_decoder = msgspec.json.Decoder(BenefitSettings)


def lock_publishing(conn: Connection) -> None:
    """Wait until no other transaction is publishing; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def select_versions(conn: Connection) -> tuple[BenefitVersion, ...]:
    """Every version, ascending by number."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        rows = cursor.execute(
            "select version, effective_at, published_at, author, reason, settings::text from benefits.versions"
            " order by version"
        ).fetchall()
    return tuple(_version(*row) for row in rows)


def select_version_at(conn: Connection, at: datetime) -> BenefitVersion | None:
    """The version in force at an instant."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(
            """
            select version, effective_at, published_at, author, reason, settings::text
            from benefits.versions
            where effective_at <= %s
            order by effective_at desc, version desc
            limit 1
            """,
            (at,),
        ).fetchone()
    return None if row is None else _version(*row)


def _version(  # noqa: PLR0917 - one argument per column
    version: int, effective_at: datetime, published_at: datetime, author: str, reason: str, settings: str
) -> BenefitVersion:
    return BenefitVersion(version, effective_at, published_at, author, reason, _settings_decoder.decode(settings))


def insert_version(conn: Connection, version: BenefitVersion) -> None:
    """Add one version."""
    conn.execute(
        "insert into benefits.versions (version, effective_at, published_at, author, reason, settings)"
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


def select_draft(conn: Connection) -> BenefitDraft | None:
    """The draft; None when nobody is working on one."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute("select settings::text, based_on, saved_by, saved_at from benefits.draft").fetchone()
    return None if row is None else BenefitDraft(_settings_decoder.decode(row[0]), *row[1:])


def upsert_draft(conn: Connection, draft: BenefitDraft) -> None:
    """Keep the draft."""
    conn.execute(
        """
        insert into benefits.draft (settings, based_on, saved_by, saved_at) values (%s::jsonb, %s, %s, %s)
        on conflict (only_one) do update set
            settings = excluded.settings,
            based_on = excluded.based_on,
            saved_by = excluded.saved_by,
            saved_at = excluded.saved_at
        """,
        (msgspec.json.encode(draft.settings).decode(), draft.based_on, draft.saved_by, draft.saved_at),
    )


def delete_draft(conn: Connection) -> bool:
    """Give the draft up; false when there was none."""
    return conn.execute("delete from benefits.draft").rowcount == 1


def insert_grants(conn: Connection, grants: Sequence[Grant]) -> int:
    """Add grants; one that its source has made before is left as it is. Returns how many are new."""
    return conn.execute(
        """
        insert into benefits.grants (grant_id, customer_id, benefit, source, granted_at, valid_until)
        select * from unnest(%s::uuid[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::date[])
        on conflict (customer_id, source, benefit) do nothing
        """,
        (
            uuid_array([one.grant_id for one in grants]),
            uuid_array([one.customer_id for one in grants]),
            text_array([one.benefit for one in grants]),
            text_array([one.source for one in grants]),
            [one.granted_at for one in grants],
            [one.valid_until for one in grants],
        ),
    ).rowcount


def select_grants(conn: Connection, customer_ids: Sequence[UUID]) -> list[Grant]:
    """Every grant of these customers, the oldest first."""
    with conn.cursor(row_factory=args_row(Grant)) as cursor:
        return cursor.execute(
            """
            select grant_id, customer_id, benefit, source, granted_at, valid_until
            from benefits.grants
            where customer_id = any(%(ids)s::uuid[])
            union all
            select grant_id, merged.survivor_id, benefit, source, granted_at, valid_until
            from benefits.merged
            join benefits.grants using (customer_id)
            where merged.survivor_id = any(%(ids)s::uuid[])
            order by granted_at, grant_id
            """,
            {"ids": uuid_array(customer_ids)},
        ).fetchall()


def select_used(
    conn: Connection, customer_ids: Sequence[UUID], slots: Sequence[str]
) -> list[tuple[UUID, str, str, list[int], int]]:
    """What was given in these slots and not taken back: customer, benefit, slot, and the numbers.

    The last is how often it was given besides to customers who were merged into this one.
    """
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            with counted as (
                select customer_id, benefit, slot, number::integer, false as is_other
                from benefits.gives
                where customer_id = any(%(ids)s::uuid[]) and slot = any(%(slots)s::text[]) and undone_at is null
                union all
                select merged.survivor_id, benefit, slot, number::integer, true
                from benefits.merged
                join benefits.gives using (customer_id)
                where merged.survivor_id = any(%(ids)s::uuid[]) and slot = any(%(slots)s::text[]) and undone_at is null
            )
            select
                customer_id, benefit, slot,
                coalesce(array_agg(number order by number) filter (where not is_other), '{}'),
                (count(*) filter (where is_other))::integer
            from counted
            group by customer_id, benefit, slot
            """,
            {"ids": uuid_array(customer_ids), "slots": text_array(slots)},
        ).fetchall()


def select_gives_by_keys(conn: Connection, keys: Sequence[tuple[str, str]]) -> list[Give]:
    """What was given under these (source, external_id)."""
    with conn.cursor(row_factory=args_row(Give)) as cursor:
        return cursor.execute(
            """
            select
                give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
                terminal, given_by, given_at, fingerprint, undone_at, undone_by, undo_reason
            from benefits.gives
            join unnest(%s::text[], %s::text[]) as one (key_source, key_external_id)
                on source = key_source and external_id = key_external_id
            """,
            (text_array([key[0] for key in keys]), text_array([key[1] for key in keys])),
        ).fetchall()


def select_gives(conn: Connection, stores: Sequence[str] | None, limit: int) -> list[Give]:
    """Gives at these stores (None: at all), newest first, those taken back too."""
    with conn.cursor(row_factory=args_row(Give)) as cursor:
        return cursor.execute(
            """
            select
                give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
                terminal, given_by, given_at, fingerprint, undone_at, undone_by, undo_reason
            from benefits.gives
            where %(stores)s::text[] is null or store = any(%(stores)s)
            order by given_at desc, give_id desc
            limit %(limit)s
            """,
            {"stores": None if stores is None else list(stores), "limit": limit},
        ).fetchall()


def select_gives_of(conn: Connection, customer_id: UUID, stores: Sequence[str] | None, limit: int) -> list[Give]:
    """Gives to a customer at these stores (None: at all), newest first, those taken back too."""
    with conn.cursor(row_factory=args_row(Give)) as cursor:
        return cursor.execute(
            """
            select
                give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
                terminal, given_by, given_at, fingerprint, undone_at, undone_by, undo_reason
            from benefits.gives
            where
                (
                    customer_id = %(customer)s
                    or customer_id in (select customer_id from benefits.merged where survivor_id = %(customer)s)
                )
                and (%(stores)s::text[] is null or store = any(%(stores)s))
            order by given_at desc, give_id desc
            limit %(limit)s
            """,
            {"customer": customer_id, "stores": None if stores is None else list(stores), "limit": limit},
        ).fetchall()


def select_last_give(conn: Connection, customer_id: UUID, benefit: str, slot: str | None) -> Give | None:
    """The newest mark of a benefit for a customer, in a slot (None: in any), that was not taken back."""
    with conn.cursor(row_factory=args_row(Give)) as cursor:
        return cursor.execute(
            """
            select
                give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
                terminal, given_by, given_at, fingerprint, undone_at, undone_by, undo_reason
            from benefits.gives
            where
                customer_id = %(customer)s and benefit = %(benefit)s and undone_at is null
                and (%(slot)s::text is null or slot = %(slot)s)
            order by given_at desc, give_id desc
            limit 1
            """,
            {"customer": customer_id, "benefit": benefit, "slot": slot},
        ).fetchone()


def lock_give(conn: Connection, give_id: UUID) -> Give | None:
    """One give, locked until the transaction ends."""
    with conn.cursor(row_factory=args_row(Give)) as cursor:
        return cursor.execute(
            """
            select
                give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
                terminal, given_by, given_at, fingerprint, undone_at, undone_by, undo_reason
            from benefits.gives
            where give_id = %s
            for update
            """,
            (give_id,),
        ).fetchone()


def insert_give(conn: Connection, one: Give) -> None:
    """Add a give. A rival that took its number first makes this fail with a unique violation."""
    conn.execute(
        """
        insert into benefits.gives (
            give_id, source, external_id, customer_id, benefit, slot, number, times, version, tier, store, channel,
            terminal, given_by, given_at, fingerprint
        ) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            one.give_id,
            one.source,
            one.external_id,
            one.customer_id,
            one.benefit,
            one.slot,
            one.number,
            one.times,
            one.version,
            one.tier,
            one.store,
            one.channel,
            one.terminal,
            one.given_by,
            one.given_at,
            one.fingerprint,
        ),
    )


def update_undone(conn: Connection, give_id: UUID, actor: str, reason: str, now: datetime) -> None:
    """Take a mark back."""
    conn.execute(
        "update benefits.gives set undone_at = %s, undone_by = %s, undo_reason = %s where give_id = %s",
        (now, actor, reason, give_id),
    )


def select_counts(
    conn: Connection, stores: Sequence[str] | None, since: datetime, until: datetime
) -> list[tuple[str, str, int, int]]:
    """Benefit, store, how often it was given there, and how often of that the mark was taken back."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select benefit, store, count(*), count(undone_at)
            from benefits.gives
            where
                given_at >= %(since)s and given_at < %(until)s
                and (%(stores)s::text[] is null or store = any(%(stores)s))
            group by benefit, store
            order by benefit, count(*) desc, store
            """,
            {"since": since, "until": until, "stores": None if stores is None else list(stores)},
        ).fetchall()


def select_differences(conn: Connection) -> list[tuple[UUID, str, str, str]]:
    """Where a benefit was given more often than it could be: customer, benefit and slot, found, allowed."""
    with conn.cursor(row_factory=tuple_row) as cursor:
        return cursor.execute(
            """
            select customer_id, benefit || ' ' || slot, count(*)::text, max(times)::text
            from benefits.gives
            where undone_at is null
            group by customer_id, benefit, slot
            having count(*) > max(times) or count(distinct number) < count(*)
            order by customer_id, benefit, slot
            """
        ).fetchall()
