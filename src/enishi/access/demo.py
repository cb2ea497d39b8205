"""The demo's log-ins. They are printed and shown in the open, and only the demo command makes them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from enishi import audit
from enishi.access import key_queries
from enishi.access.keys import make_key_row
from enishi.access.model import ApiScope
from enishi.access.operators import create_operator, find_operator
from enishi.access.rules import format_key
from enishi.kit.clock import now as present_instant


class DemoLogin(Struct, frozen=True):
    """A log-in of the demo. ``face`` is console, counter, or api: then ``password`` is the key to present."""

    face: str
    role: str
    login: str
    password: str
    display_name: str


_DEMO_KEY_ID = "demo"
_DEMO_KEY_SECRET = "ThisKeyOpensOnlyTheDemoWhosePeopleAreMadeUp"  # noqa: S105 - printed by the demo on purpose

DEMO_API_KEY = format_key(_DEMO_KEY_ID, _DEMO_KEY_SECRET)
DEMO_LOGINS = (
    DemoLogin("console", "owner", "owner", "enishi-demo-1", "縁 太郎"),
    DemoLogin("console", "marketer", "marketer", "enishi-demo-2", "結城 みのり"),
    DemoLogin("console", "store_manager", "manager", "enishi-demo-3", "店野 長治"),
    DemoLogin("counter", "staff", "staff", "enishi-demo-4", "受付 花子"),
    DemoLogin("console", "auditor", "auditor", "enishi-demo-5", "監物 正"),
)
"""The operators of the demo; every name is invented."""

_STORE_ROLES = {"store_manager", "staff"}


def seed_demo_access(
    conn: Connection, *, store_codes: Sequence[str] | None = None, now: datetime | None = None
) -> list[DemoLogin]:
    """Make the demo's operators and its API key where they are missing, and give all log-ins, the key last.

    ``store_codes`` are the stores of the manager and the staff; None gives them all stores.
    """
    instant = now or present_instant()
    for entry in DEMO_LOGINS:
        if find_operator(conn, entry.login) is None:
            create_operator(
                conn,
                entry.login,
                entry.password,
                display_name=entry.display_name,
                roles={entry.role: store_codes if entry.role in _STORE_ROLES else None},
                now=instant,
            )
    row = make_key_row(_DEMO_KEY_ID, _DEMO_KEY_SECRET, "Demo", ApiScope, None)
    if key_queries.insert_key(conn, row, instant):
        audit.record_event(
            conn, actor=audit.SYSTEM, action="key.created", target="key:demo", detail={"scopes": row.scopes}, at=instant
        )
    return [*DEMO_LOGINS, DemoLogin("api", "api_key", _DEMO_KEY_ID, DEMO_API_KEY, "Demo")]
