"""The SQL of campaigns as settings: their versions, and the log of what was done with them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from psycopg import Connection
from psycopg.rows import scalar_row

from enishi.campaigns.lifecycle import Action, Change
from enishi.campaigns.model import CampaignRules, CampaignVersion
from enishi.kit.arrays import uuid_array
from enishi.kit.differences import Difference

_PUBLISHING_LOCK = 0x656E_6973_6869_0120
"""Number of the advisory lock under which campaigns change: the bytes of "enishi", then this domain's number."""

_decode_rules = msgspec.json.Decoder(CampaignRules).decode
_decode_diff = msgspec.json.Decoder(tuple[Difference, ...]).decode
_encode = msgspec.json.Encoder().encode


def lock_changes(conn: Connection) -> None:
    """Wait until no other transaction changes a campaign; held until this one ends."""
    conn.execute("select pg_advisory_xact_lock(%s)", (_PUBLISHING_LOCK,))


def ask_latest_change(conn: Connection) -> Callable[[], int | None]:
    """Ask for the number of the newest change, 0 before the first; in a pipeline it is waited for when called."""
    cursor = conn.cursor(row_factory=scalar_row)
    return cursor.execute("select coalesce(max(change_id), 0) from campaigns.changes").fetchone


def select_codes(conn: Connection) -> dict[str, UUID]:
    """Every campaign by its code."""
    return dict(conn.execute("select code, campaign_id from campaigns.campaigns order by code").fetchall())


def select_versions(conn: Connection, campaign_ids: Sequence[UUID] | None) -> list[CampaignVersion]:
    """The versions of these campaigns, of all of them where None, by campaign and number."""
    rows = conn.execute(
        """
        select campaign_id, code, version, rules::text, author, reason, versions.created_at
        from campaigns.versions
        join campaigns.campaigns using (campaign_id)
        where %(ids)s::uuid[] is null or campaign_id = any(%(ids)s::uuid[])
        order by campaign_id, version
        """,
        {"ids": None if campaign_ids is None else uuid_array(campaign_ids)},
    ).fetchall()
    return [
        CampaignVersion(
            campaign_id=campaign_id,
            code=code,
            version=version,
            rules=_decode_rules(rules),
            author=author,
            reason=reason,
            created_at=created_at,
        )
        for campaign_id, code, version, rules, author, reason, created_at in rows
    ]


def select_changes(conn: Connection, campaign_ids: Sequence[UUID] | None) -> list[Change]:
    """The log of these campaigns, of all of them where None, in its order."""
    rows = conn.execute(
        """
        select change_id, campaign_id, version, action, at, author, reason, diff::text
        from campaigns.changes
        where %(ids)s::uuid[] is null or campaign_id = any(%(ids)s::uuid[])
        order by change_id
        """,
        {"ids": None if campaign_ids is None else uuid_array(campaign_ids)},
    ).fetchall()
    return [
        Change(
            change_id=change_id,
            campaign_id=campaign_id,
            version=version,
            action=Action(action),
            at=at,
            author=author,
            reason=reason,
            diff=_decode_diff(diff),
        )
        for change_id, campaign_id, version, action, at, author, reason, diff in rows
    ]


def insert_campaign(conn: Connection, campaign_id: UUID, code: str, created_at: datetime) -> bool:
    """Add a campaign; False when its code is taken."""
    cursor = conn.execute(
        "insert into campaigns.campaigns (campaign_id, code, created_at) values (%s, %s, %s) on conflict do nothing",
        (campaign_id, code, created_at),
    )
    return cursor.rowcount == 1


def insert_version(conn: Connection, version: CampaignVersion) -> None:
    """Add a version."""
    conn.execute(
        """
        insert into campaigns.versions (campaign_id, version, rules, author, reason, created_at)
        values (%s, %s, %s::jsonb, %s, %s, %s)
        """,
        (
            version.campaign_id,
            version.version,
            _encode(version.rules).decode(),
            version.author,
            version.reason,
            version.created_at,
        ),
    )


def insert_change(conn: Connection, change: Change) -> None:
    """Add a row to the log."""
    conn.execute(
        """
        insert into campaigns.changes (change_id, campaign_id, version, action, at, author, reason, diff)
        values (%s, %s, %s, %s, %s, %s, %s, %s::jsonb)
        """,
        (
            change.change_id,
            change.campaign_id,
            change.version,
            change.action.value,
            change.at,
            change.author,
            change.reason,
            _encode(change.diff).decode(),
        ),
    )
