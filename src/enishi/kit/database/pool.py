"""The pool of connections the product works through.

Invariant: a connection is handed out only while its server is there; one that a restart cut is replaced, not returned.
"""

from __future__ import annotations

import select
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

_SESSION: Final = {
    "timezone": "UTC",
    "jit": "off",
    "lock_timeout": "10s",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
}
_WAIT_SECONDS: Final = 10.0
_RECONNECT_SECONDS: Final = 0.5


def open_pool(
    dsn: str, min_size: int, max_size: int, *, generic_plans: bool = True, name: str = "enishi"
) -> ConnectionPool[psycopg.Connection]:
    """An open pool of ``min_size`` to ``max_size`` connections; close it, or use it as a context manager.

    Statements are prepared at their second use. ``generic_plans`` plans each once for all parameters, right for the
    short statements of the write path; turn it off for questions whose best plan depends on what is asked. Waiting for
    a connection ends after 10 s with ``psycopg_pool.PoolTimeout``.
    """
    settings = dict(_SESSION)
    if generic_plans:
        settings["plan_cache_mode"] = "force_generic_plan"
    given = str(conninfo_to_dict(dsn).get("options") or "")
    options = " ".join([given, *(f"-c {key}={value}" for key, value in settings.items())]).strip()
    conninfo = make_conninfo(dsn, options=options, application_name="enishi", connect_timeout=5)

    def check_or_purge(conn: psycopg.Connection) -> None:
        try:
            _check_connection(conn)
        except psycopg.Error:
            # A restart cuts all connections at once, and the pool pauses longer after each dead one it meets.
            pool.check()
            raise

    pool: ConnectionPool[psycopg.Connection] = ConnectionPool(
        conninfo,
        kwargs={"autocommit": False, "prepare_threshold": 1},
        min_size=min_size,
        max_size=max_size,
        check=check_or_purge,
        timeout=_WAIT_SECONDS,
        # The pool's own pauses double up to minutes. Giving an attempt up early and asking for a new one keeps them
        # short, so that work goes on as soon as the server is back.
        reconnect_timeout=_RECONNECT_SECONDS,
        reconnect_failed=ConnectionPool.check,
        name=name,
        open=True,
    )
    return pool


def _check_connection(conn: psycopg.Connection) -> None:
    """Raise when the server has gone. An idle connection with nothing to read is alive, which costs no round trip."""
    poll = select.poll()
    poll.register(conn.fileno(), select.POLLIN)
    if poll.poll(0):
        ConnectionPool.check_connection(conn)
