"""Members prove who they are with a one-time code sent to a phone number or e-mail address that is theirs.

Invariant: at most 5 codes an hour and 5 tries a code for each contact, and no answer tells whether a contact belongs to
anybody. The newest code is the only one that opens, once.
"""

import hmac
from datetime import datetime
from math import ceil
from uuid import UUID

from psycopg import Connection

from enishi import audit
from enishi.access import member_queries
from enishi.access.member_queries import CodeRow, Requests
from enishi.access.model import (
    CodeWrong,
    MemberCode,
    MemberSession,
    NotSignedIn,
    SessionExpired,
    SessionToken,
    TooManyCodes,
)
from enishi.access.rules import (
    CODE_LIFETIME,
    CODE_TRIES,
    CODE_WINDOW,
    CODES_PER_ADDRESS,
    CODES_PER_CONTACT,
    MEMBER_SESSION_IDLE,
    MEMBER_SESSION_LIFETIME,
    MEMBER_SESSION_SEEN_EVERY,
    hash_token,
    is_over,
    new_code,
    new_token,
    normalise_code,
)
from enishi.kit.ids import new_id
from enishi.kit.vault import Keyring

VISITOR = "visitor"
"""The actor of what somebody does before proving who they are."""


def request_member_code(
    conn: Connection,
    keyring: Keyring,
    *,
    contact: tuple[str, str],
    customer_id: UUID | None,
    address: str,
    now: datetime,
) -> MemberCode:
    """Make a code for ``contact`` (kind, normalised value), which belongs to ``customer_id`` or (None) to nobody.

    Refuses ``TooManyCodes``. The code is to be sent by the caller, in the same transaction.
    """
    contact_lookup = keyring.blind("member contact", *contact)
    address_lookup = keyring.blind("network address", address)
    # Always in this order, so that two requests can not wait for each other.
    member_queries.lock_contact(conn, contact_lookup)
    member_queries.lock_contact(conn, address_lookup)
    since = now - CODE_WINDOW
    _require_below(member_queries.count_requests_of_contact(conn, contact_lookup, since), CODES_PER_CONTACT, now)
    _require_below(member_queries.count_requests_of_address(conn, address_lookup, since), CODES_PER_ADDRESS, now)
    member_queries.delete_old_codes(conn, since)
    code = new_code()
    code_id = new_id()
    row = CodeRow(
        code_id=code_id,
        contact_lookup=contact_lookup,
        customer_id=customer_id,
        address_lookup=address_lookup,
        code_hash=_hash_code(keyring, code_id, code),
        requested_at=now,
        expires_at=now + CODE_LIFETIME,
        tries=0,
        used_at=None,
    )
    member_queries.insert_code(conn, row)
    audit.record_event(
        conn,
        actor=VISITOR,
        action="member.code_requested",
        target="" if customer_id is None else f"customer:{customer_id}",
        detail={"kind": contact[0]},
        at=now,
    )
    return MemberCode(code=None if customer_id is None else code, expires_at=row.expires_at)


def open_member_session(
    conn: Connection,
    keyring: Keyring,
    *,
    contact: tuple[str, str],
    code: str,
    now: datetime,
    replaces: str | None = None,
) -> MemberSession | CodeWrong:
    """Check a code and open a session; ``replaces`` is the token the browser held until now, which ends.

    A refusal is returned, not raised: the caller commits it, because the try is used up.
    """
    row = member_queries.lock_newest_code(conn, keyring.blind("member contact", *contact))
    if row is None or row.tries >= CODE_TRIES or row.used_at is not None or now >= row.expires_at:
        return _code_wrong()
    matches = hmac.compare_digest(row.code_hash, _hash_code(keyring, row.code_id, normalise_code(code)))
    succeeds = matches and row.customer_id is not None
    member_queries.update_code(conn, row.code_id, tries=row.tries + 1, used_at=now if succeeds else None)
    if row.customer_id is None or not matches:
        _record(conn, row, "member.code_wrong", now)
        return _code_wrong()
    if replaces:
        member_queries.delete_session(conn, hash_token(replaces))
    member_queries.delete_old_sessions(conn, now)
    session = SessionToken(token=new_token(), expires_at=now + MEMBER_SESSION_LIFETIME)
    member_queries.insert_session(
        conn, hash_token(session.token), row.customer_id, created_at=now, expires_at=session.expires_at
    )
    _record(conn, row, "member.logged_in", now)
    return MemberSession(customer_id=row.customer_id, session=session)


def resume_member_session(conn: Connection, token: str, *, now: datetime) -> UUID:
    """Whose session this is. Refuses ``NotSignedIn`` and ``SessionExpired``."""
    token_hash = hash_token(token)
    session = member_queries.select_session(conn, token_hash) if token else None
    if session is None:
        raise NotSignedIn("Nobody is signed in here.", remedy="Ask for a code and log in.")
    if is_over(session.last_seen_at, session.expires_at, MEMBER_SESSION_IDLE, now):
        raise SessionExpired("The session has ended because it was not used.", remedy="Ask for a code and log in.")
    if now - session.last_seen_at >= MEMBER_SESSION_SEEN_EVERY:
        member_queries.update_session_seen(conn, token_hash, now)
    return session.customer_id


def close_member_session(conn: Connection, token: str, *, now: datetime) -> None:
    """End a member's session, if there is one."""
    customer_id = member_queries.delete_session(conn, hash_token(token))
    if customer_id is not None:
        audit.record_event(
            conn,
            actor=f"member:{customer_id}",
            action="member.logged_out",
            target=f"customer:{customer_id}",
            at=now,
        )


def _require_below(requests: Requests, limit: int, now: datetime) -> None:
    if requests.count < limit or requests.first_at is None:
        return
    wait = max(1, ceil((requests.first_at + CODE_WINDOW - now).total_seconds()))
    raise TooManyCodes(
        "Too many codes were asked for within an hour.",
        remedy=f"Use the newest code, or ask again in {ceil(wait / 60)} minutes.",
        retry_after_seconds=wait,
    )


def _hash_code(keyring: Keyring, code_id: UUID, code: str) -> bytes:
    return keyring.blind("member code", str(code_id), code)


def _record(conn: Connection, row: CodeRow, action: str, now: datetime) -> None:
    customer = "" if row.customer_id is None else f"customer:{row.customer_id}"
    actor = f"member:{row.customer_id}" if action == "member.logged_in" else VISITOR
    audit.record_event(conn, actor=actor, action=action, target=customer, at=now)


def _code_wrong() -> CodeWrong:
    return CodeWrong(
        "The code is wrong or no longer valid.",
        field="code",
        remedy="Check the newest message, or ask for a new code.",
    )
