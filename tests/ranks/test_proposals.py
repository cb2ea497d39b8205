"""A ladder is proposed from the months of everybody who ever bought."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import psycopg

from enishi import ranks
from enishi.ranks import Measure, Progress


def test_cuts_count_the_months_asked_for_and_everybody_who_ever_bought(conn: psycopg.Connection) -> None:
    january, june = date(2026, 1, 1), date(2026, 6, 1)
    ranks.advance_progress(
        conn,
        [
            Progress(UUID(int=1), june, 9_000, 3, 90, 8_000, 0b111),
            Progress(UUID(int=2), june, 5_000, 1, 50, 4_500, 0b1),
            Progress(UUID(int=3), january, 90_000, 9, 900, 80_000, 0b1),
            Progress(UUID(int=4), june, 1_000, 1, 10, 900, 0b1),
        ],
    )
    yen = ranks.propose_ladder(conn, Measure.AMOUNT_WITH_TAX, june, 3, [25, 50])
    assert [(cut.value, cut.members, cut.revenue_yen) for cut in yen.cuts] == [(9_000, 1, 9_000), (5_000, 1, 5_000)]
    assert (yen.members, yen.below_members, yen.below_revenue_yen) == (4, 2, 1_000)
    visits = ranks.propose_ladder(conn, Measure.VISITS, june, 3, [25])
    assert [(cut.value, cut.members) for cut in visits.cuts] == [(3, 1)]
    longer = ranks.propose_ladder(conn, Measure.AMOUNT_WITH_TAX, june, 6, [25])
    assert [(cut.value, cut.revenue_yen) for cut in longer.cuts] == [(90_000, 90_000)]
