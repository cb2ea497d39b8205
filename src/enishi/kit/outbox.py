"""The outbox: what follows from a change is written in the change's own transaction, so that a crash loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from psycopg import Connection

from enishi.kit.arrays import uuid_array


def insert_events(conn: Connection, topic: str, subject_ids: Sequence[UUID], recorded_at: datetime) -> None:
    """Add one event of ``topic`` for each subject."""
    conn.execute(
        """
        insert into outbox.events (topic, subject_id, recorded_at)
        select %s, subject_id, %s from unnest(%s::uuid[]) as subject_id
        """,
        (topic, recorded_at, uuid_array(subject_ids)),
    )
