"""The SQL of ``access.member_guesses``."""

from datetime import datetime
from uuid import UUID

from psycopg import Connection


def lock_guesses(conn: Connection, customer_id: UUID, what: str) -> None:
    """Keep this member's other tries of the kind waiting until the transaction ends, so that the limit holds."""
    conn.execute("select pg_advisory_xact_lock(hashtextextended(%s, 20261125))", (f"{what} {customer_id}",))


def select_tries(conn: Connection, customer_id: UUID, what: str, since: datetime) -> list[datetime]:
    """When the member tried in vain since an instant, first to last."""
    cursor = conn.execute(
        "select tried_at from access.member_guesses"
        " where customer_id = %s and what = %s and tried_at > %s order by tried_at",
        (customer_id, what, since),
    )
    return [row[0] for row in cursor]


def insert_try(conn: Connection, customer_id: UUID, what: str, tried_at: datetime) -> None:
    """Keep that a try came to nothing."""
    conn.execute(
        "insert into access.member_guesses (customer_id, what, tried_at) values (%s, %s, %s)",
        (customer_id, what, tried_at),
    )


def delete_old_tries(conn: Connection, customer_id: UUID, before: datetime) -> None:
    """Forget the member's tries that no limit looks at any more."""
    conn.execute("delete from access.member_guesses where customer_id = %s and tried_at <= %s", (customer_id, before))
