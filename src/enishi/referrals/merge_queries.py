"""The SQL with which referrals that are still in course go from one customer to another."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def is_between(conn: Connection, one: UUID, other: UUID) -> bool:
    """Whether a referral in course, or two referrals of one person, would be left by merging two customers."""
    row = conn.execute(
        """
        select exists (
            select from referrals.referrals
            where
                state in ('open', 'held', 'waiting')
                and ((referrer_id = %(one)s and referee_id = %(other)s)
                    or (referrer_id = %(other)s and referee_id = %(one)s))
        ) or exists (
            select from referrals.referrals as own
            join referrals.referrals as other on other.referee_id = %(other)s
            where own.referee_id = %(one)s and (own.state in ('open', 'held', 'waiting')
                or other.state in ('open', 'held', 'waiting'))
        )
        """,
        {"one": one, "other": other},
    ).fetchone()
    return row is not None and row[0]


def hand_over_open(conn: Connection, giver_id: UUID, taker_id: UUID, only: Sequence[UUID] | None = None) -> list[UUID]:
    """Let a customer take another's place in referrals that are still in course; ``only`` these. Returns which."""
    rows = conn.execute(
        """
        update referrals.referrals
        set
            referrer_id = case when referrer_id = %(giver)s then %(taker)s else referrer_id end,
            referee_id = case when referee_id = %(giver)s then %(taker)s else referee_id end,
            revision = revision + 1
        where
            (referrer_id = %(giver)s or referee_id = %(giver)s) and state in ('open', 'held', 'waiting')
            and (%(all)s or referral_id = any(%(ids)s::uuid[]))
        returning referral_id
        """,
        {"giver": giver_id, "taker": taker_id, "all": only is None, "ids": uuid_array(only or ())},
    ).fetchall()
    return [row[0] for row in rows]
