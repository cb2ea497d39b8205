"""In which month's books an entry is, where that is a later one than its own: what was recorded after the close."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from psycopg import Connection

from enishi import accounting
from enishi.flows.read_books import known_settings, month_of
from enishi.ledger import Entry
from enishi.program import Locale, Step


def late_months(conn: Connection, entries: Sequence[Entry]) -> list[date | None]:
    """Of each entry the month that books it, where its own was closed before it was recorded; else None."""
    closes = accounting.list_closes(conn)
    if not closes or not entries:
        return [None] * len(entries)
    zone = known_settings(conn)[-1].settings.zone_info
    months = [month_of(one.occurred_at, zone) for one in entries]
    closed = {one.month: one for one in closes}
    first_open = accounting.month_after(closes[-1].month)
    booked = accounting.select_booked_months(conn, [(one.customer_id, one.seq) for one in entries], months)
    found: list[date | None] = []
    for entry, month, taken in zip(entries, months, booked, strict=True):
        close = closed.get(month)
        if close is None:
            found.append(None)
        elif close.walk is None:
            # Closes of that time kept no walk: the clock has to do, and the next close booked what they had not seen.
            found.append(accounting.month_after(month) if entry.recorded_at > close.closed_at else None)
        else:
            is_in = first_open if taken is None else taken
            found.append(is_in if is_in > month else None)
    return found


def late_step(conn: Connection, entry: Entry, locale: Locale) -> tuple[Step, ...]:
    """How an explanation says so."""
    (month,) = late_months(conn, [entry])
    if month is None:
        return ()
    if locale == "ja":
        return (Step("帳簿（締め後に記録されたため）", f"{month.year}年{month.month}月に計上"),)
    return (Step("In the books of (recorded after the close)", f"{month:%Y-%m}"),)
