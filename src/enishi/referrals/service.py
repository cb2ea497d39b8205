"""Publishing the programme of referrals, codes, claims, and writing what has come of them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
import psycopg
from psycopg import Connection

from enishi import audit
from enishi.kit.calendar import require_in_calendar
from enishi.kit.differences import difference
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.referrals import check_queries, queries
from enishi.referrals.model import (
    ALPHABET,
    CODE_LENGTH,
    MAX_REASON,
    Hint,
    HintKind,
    InvalidReferralSettings,
    Referral,
    ReferralSettings,
    ReferralState,
    ReferralVersion,
    UnknownReferralCode,
)
from enishi.referrals.rules import read_code, validate

MAX_PAGE = 200
_LAPSE_AFTER = timedelta(days=30)
"""An offline till may still report a purchase for so long."""
_LAPSE_SLICE = 5_000


class StaleReferral(psycopg.errors.SerializationFailure):
    """Somebody else has changed the referral meanwhile: the transaction has to run again."""


def load_versions(conn: Connection) -> tuple[ReferralVersion, ...]:
    """Every published version, ascending by number."""
    return queries.select_versions(conn)


def has_versions(conn: Connection) -> bool:
    """Whether anything was ever published: if not, nobody can have been referred."""
    return queries.exists_version(conn)


def publish_version(  # noqa: PLR0917 - one argument per column of the version, in the order of the table
    conn: Connection, settings: ReferralSettings, effective_at: datetime, author: str, reason: str, now: datetime
) -> ReferralVersion:
    """Publish settings as the next version, in the caller's transaction, and record it in the audit.

    Refuses ``InvalidReferralSettings``, whose ``problems`` list everything found, and ``InvalidRequest``.
    """
    problems = validate(settings)
    if problems:
        first = problems[0]
        raise InvalidReferralSettings(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidRequest("The reason is empty or too long.", field="reason", remedy="Say why, in 500 characters.")
    require_in_calendar(effective_at, "effective_at")
    if effective_at < now:
        raise InvalidRequest(
            "The version would take effect before it is published.",
            field="effective_at",
            remedy="Choose the present or a later instant.",
        )
    queries.lock_publishing(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    before = queries.select_versions(conn)
    version = ReferralVersion(len(before) + 1, effective_at, now, author, reason.strip(), settings)
    queries.insert_version(conn, version)
    audit.record_event(
        conn,
        actor=author,
        action="referrals.publish",
        target=f"referrals:{version.version}",
        detail={
            "effective_at": effective_at.isoformat(),
            "reason": version.reason,
            "changed": [one.field for one in difference(before[-1].settings if before else None, settings)],
        },
        at=now,
    )
    return version


def code_of(conn: Connection, customer_id: UUID, now: datetime) -> str:
    """Somebody's own code, made at the first time; the caller has made sure that there is such a customer."""
    while True:
        code = queries.select_code(conn, customer_id)
        if code is not None:
            return code
        queries.insert_code(conn, customer_id, "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)), now)


def find_code(conn: Connection, text: str) -> tuple[str, UUID]:
    """A code in our spelling, and whose it is. Raises ``UnknownReferralCode``."""
    code = read_code(text)
    owner = queries.select_owner(conn, code)
    if owner is None:
        raise UnknownReferralCode("Nobody has this code.", field="code", remedy="Compare it letter by letter.")
    return code, owner


def lock_claims(conn: Connection, referrer_id: UUID, store: str, terminal: str) -> None:
    """Let claims of one code, and those at one terminal, follow each other: what is counted then is exact."""
    names = [f"referrer:{referrer_id}"]
    queries.lock_claiming(conn, [*names, f"terminal:{store}\x1f{terminal}"] if terminal else names)


def referred_by(conn: Connection, customer_id: UUID, depth: int) -> dict[UUID, UUID]:
    """Who referred somebody, who referred those, and so on, up to ``depth`` steps."""
    return dict(check_queries.select_referrers(conn, customer_id, depth))


def count_claims(
    conn: Connection, referrer_id: UUID, store: str, terminal: str, *, settings: ReferralSettings, now: datetime
) -> tuple[int, int]:
    """How many codes were claimed at the terminal, and how often this one, within the times that settings look at."""
    at_terminal = check_queries.count_at_terminal(
        conn, store, terminal, now - timedelta(minutes=settings.terminal_minutes)
    )
    return at_terminal, check_queries.count_of_referrer(
        conn, referrer_id, now - timedelta(hours=settings.referrer_hours)
    )


def note_hints(conn: Connection, customer_id: UUID, hints: Sequence[Hint], now: datetime) -> None:
    """Keep hints of somebody, by blind index."""
    if hints:
        check_queries.insert_hints(conn, customer_id, hints, now)


def share_hints(
    conn: Connection, hints: Sequence[Hint], referrer_id: UUID, referee_id: UUID
) -> tuple[frozenset[HintKind], tuple[UUID, ...]]:
    """Which kinds of hint the referrer shares, and who else shares one among those they referred."""
    if not hints:
        return frozenset(), ()
    sharers = check_queries.select_sharers(conn, [one.lookup for one in hints], referrer_id)
    kinds = frozenset(HintKind(kind) for customer_id, kind in sharers if customer_id == referrer_id)
    others = sorted({one for one, _ in sharers if one not in {referrer_id, referee_id}}, key=lambda one: one.bytes)
    return kinds, tuple(others)


def write_referral(conn: Connection, one: Referral) -> None:
    """Record a claim. Somebody who was referred meanwhile makes this fail with a unique violation."""
    queries.insert_referral(conn, one)


def write_changes(conn: Connection, changed: Sequence[Referral]) -> None:
    """Write referrals as they are now. Raises ``StaleReferral``, a lost race, when one has changed meanwhile."""
    for one in sorted(changed, key=lambda item: item.referral_id.bytes):
        if not queries.update_referral(conn, one):
            raise StaleReferral("The referral has changed meanwhile.")


def ask_open(conn: Connection, referee_ids: Sequence[UUID]) -> Callable[[], list[Referral]]:
    """Ask for referrals of these people that a purchase can still qualify; in a pipeline answered when called for."""
    return queries.ask_open(conn, referee_ids)


def find_by_purchases(conn: Connection, purchase_ids: Sequence[UUID]) -> list[Referral]:
    """Referrals that these purchases have qualified."""
    return queries.select_by_purchases(conn, purchase_ids) if purchase_ids else []


def count_rewarded(conn: Connection, referrer_id: UUID, since: datetime | None) -> int:
    """For how many referrals somebody was rewarded since an instant, or ever. Exact behind their account's lock."""
    return check_queries.count_rewarded(conn, referrer_id, since)


def list_due(conn: Connection, now: datetime, limit: int) -> list[Referral]:
    """Referrals whose wait is over, the longest due first."""
    return queries.select_due(conn, now, limit)


def lapse_overdue(conn: Connection, now: datetime) -> int:
    """Mark what nobody can qualify any more, also not with a late receipt; returns how many, some at once."""
    return queries.update_lapsed(conn, now - _LAPSE_AFTER, now, _LAPSE_SLICE)


def load_referral(conn: Connection, referral_id: UUID, stores: Sequence[str] | None = None) -> Referral:
    """One referral. Raises ``NotFound``, also for one of another store."""
    found = queries.select_referral(conn, referral_id, stores)
    if found is None:
        raise NotFound("There is no such referral.", field="referral_id")
    return found


def find_referral_of(conn: Connection, referee_id: UUID) -> Referral | None:
    """The referral by which somebody was referred, None when nobody has."""
    return queries.select_of_referee(conn, referee_id)


def load_referrals_of(conn: Connection, customer_id: UUID, limit: int = MAX_PAGE) -> list[Referral]:
    """Referrals in which somebody has referred or was referred, newest first."""
    return queries.select_of_customer(conn, customer_id, limit)


def list_referrals(
    conn: Connection,
    *,
    states: Sequence[ReferralState] | None = None,
    stores: Sequence[str] | None = None,
    before: tuple[datetime, UUID] | None = None,
    limit: int = 50,
) -> list[Referral]:
    """Referrals in some states, claimed at some stores, newest first."""
    names = None if states is None else [one.value for one in states]
    return queries.select_referrals(conn, states=names, stores=stores, before=before, limit=min(limit, MAX_PAGE + 1))


def tally(conn: Connection, stores: Sequence[str] | None = None) -> dict[ReferralState, tuple[int, int, int]]:
    """By state: how many referrals, points to those who referred, points to those who were referred."""
    return {
        ReferralState(state): (count, given, got)
        for state, count, given, got in check_queries.select_tally(conn, stores)
    }
