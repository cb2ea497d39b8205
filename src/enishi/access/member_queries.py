"""The SQL of members' one-time codes and sessions. Each function is one statement on the schema ``access``."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection
from psycopg.rows import class_row


class CodeRow(Struct, frozen=True):
    """A one-time code as stored."""

    code_id: UUID
    contact_lookup: bytes
    customer_id: UUID | None
    address_lookup: bytes
    code_hash: bytes
    requested_at: datetime
    expires_at: datetime
    tries: int
    used_at: datetime | None


class Requests(Struct, frozen=True):
    """How often codes were asked for within the window, and when first."""

    count: int
    first_at: datetime | None


class MemberSessionRow(Struct, frozen=True):
    """A member's session as stored."""

    customer_id: UUID
    last_seen_at: datetime
    expires_at: datetime


def lock_contact(conn: Connection, lookup: bytes) -> None:
    """Keep other requests for this contact or address waiting until the transaction ends, so that limits hold."""
    conn.execute(
        "select pg_advisory_xact_lock(hashtextextended(encode(%s, 'hex'), 20220730))",
        (lookup,),
    )


def count_requests_of_contact(conn: Connection, contact_lookup: bytes, since: datetime) -> Requests:
    """Codes asked for by this contact since an instant."""
    cursor = conn.cursor(row_factory=class_row(Requests))
    found = cursor.execute(
        "select count(*) as count, min(requested_at) as first_at from access.member_codes"
        " where contact_lookup = %s and requested_at > %s",
        (contact_lookup, since),
    ).fetchone()
    return found or Requests(count=0, first_at=None)


def count_requests_of_address(conn: Connection, address_lookup: bytes, since: datetime) -> Requests:
    """Codes asked for from this network address since an instant."""
    cursor = conn.cursor(row_factory=class_row(Requests))
    found = cursor.execute(
        "select count(*) as count, min(requested_at) as first_at from access.member_codes"
        " where address_lookup = %s and requested_at > %s",
        (address_lookup, since),
    ).fetchone()
    return found or Requests(count=0, first_at=None)


def insert_code(conn: Connection, code: CodeRow) -> None:
    """Add a code."""
    conn.execute(
        "insert into access.member_codes (code_id, contact_lookup, customer_id, address_lookup, code_hash,"
        " requested_at, expires_at, tries, used_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            code.code_id,
            code.contact_lookup,
            code.customer_id,
            code.address_lookup,
            code.code_hash,
            code.requested_at,
            code.expires_at,
            code.tries,
            code.used_at,
        ),
    )


def lock_newest_code(conn: Connection, contact_lookup: bytes) -> CodeRow | None:
    """The newest code of a contact, locked, so that tries at once are counted singly."""
    cursor = conn.cursor(row_factory=class_row(CodeRow))
    return cursor.execute(
        "select code_id, contact_lookup, customer_id, address_lookup, code_hash, requested_at, expires_at, tries,"
        " used_at from access.member_codes where contact_lookup = %s"
        " order by requested_at desc, code_id desc limit 1 for update",
        (contact_lookup,),
    ).fetchone()


def update_code(conn: Connection, code_id: UUID, *, tries: int, used_at: datetime | None) -> None:
    """Count a try, and note the use."""
    conn.execute(
        "update access.member_codes set tries = %s, used_at = %s where code_id = %s", (tries, used_at, code_id)
    )


def delete_old_codes(conn: Connection, before: datetime) -> None:
    """Forget codes that neither open anything nor count towards a limit any more."""
    conn.execute("delete from access.member_codes where requested_at < %s", (before,))


def insert_session(
    conn: Connection, token_hash: bytes, customer_id: UUID, *, created_at: datetime, expires_at: datetime
) -> None:
    """Open a member's session."""
    conn.execute(
        "insert into access.member_sessions (token_hash, customer_id, created_at, last_seen_at, expires_at)"
        " values (%s, %s, %s, %s, %s)",
        (token_hash, customer_id, created_at, created_at, expires_at),
    )


def select_session(conn: Connection, token_hash: bytes) -> MemberSessionRow | None:
    """A member's session by its token's hash."""
    cursor = conn.cursor(row_factory=class_row(MemberSessionRow))
    return cursor.execute(
        "select customer_id, last_seen_at, expires_at from access.member_sessions where token_hash = %s",
        (token_hash,),
    ).fetchone()


def update_session_seen(conn: Connection, token_hash: bytes, seen_at: datetime) -> None:
    """Note that the session was used."""
    conn.execute(
        "update access.member_sessions set last_seen_at = %(at)s"
        " where token_hash = %(token)s and last_seen_at < %(at)s",
        {"at": seen_at, "token": token_hash},
    )


def delete_session(conn: Connection, token_hash: bytes) -> UUID | None:
    """End a member's session; gives whose it was."""
    row = conn.execute(
        "delete from access.member_sessions where token_hash = %s returning customer_id", (token_hash,)
    ).fetchone()
    return row[0] if row else None


def delete_old_sessions(conn: Connection, before: datetime) -> None:
    """Remove members' sessions that have ended."""
    conn.execute("delete from access.member_sessions where expires_at < %s", (before,))
