"""The figures of ranks, from sums of months or from purchases, are what plain SQL adds up over all receipts."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.flows.factories import JST, customer_of, make_context
from tests.flows.rank_factories import tier
from tests.flows.shopping_year import CARD, LAST, shop_for_a_year

from enishi import ranks
from enishi.purchases import Channel
from enishi.ranks import (
    AtLeast,
    CalendarPeriod,
    JoinYear,
    Ladder,
    Lifetime,
    Measure,
    Period,
    RollingDays,
    RollingMonths,
)

OCTOBER_ENDS = date(2026, 10, 31)
JOINED = datetime(2025, 12, 5, 10, 0, tzinfo=JST)
WINDOWS = [
    (RollingMonths(1), date(2026, 11, 1), date(2026, 10, 1)),
    (RollingMonths(6), date(2026, 6, 1), date(2026, 5, 1)),
    (RollingMonths(14), date(2025, 10, 1), date(2025, 9, 1)),
    (RollingDays(1), LAST, OCTOBER_ENDS),
    (RollingDays(40), date(2026, 10, 12), date(2026, 9, 22)),
    (CalendarPeriod(Period.MONTH), date(2026, 11, 1), date(2026, 10, 1)),
    (CalendarPeriod(Period.QUARTER), date(2026, 10, 1), date(2026, 10, 1)),
    (CalendarPeriod(Period.QUARTER, 2), date(2026, 11, 1), date(2026, 8, 1)),
    (CalendarPeriod(Period.HALF), date(2026, 7, 1), date(2026, 7, 1)),
    (CalendarPeriod(Period.YEAR), date(2026, 1, 1), date(2026, 1, 1)),
    (CalendarPeriod(Period.YEAR, 4), date(2026, 4, 1), date(2026, 4, 1)),
    (JoinYear(), date(2025, 12, 5), date(2025, 12, 5)),
    (Lifetime(), date(1900, 1, 1), date(1900, 1, 1)),
]
"""Each window, and its first day by the calendar as of the last day and as of the end of October."""
OVER_ALL_RECEIPTS = """
    with bought as (
        select
            (purchases.occurred_at at time zone 'Asia/Tokyo')::date as day,
            coalesce(claims.total_yen, purchases.total_yen) - coalesce(back.yen, 0) as yen,
            not coalesce(back.whole, false) as stands
        from purchases.purchases
        left join purchases.claims using (purchase_id)
        left join (
            select returns.purchase_id, sum(refund_yen) as yen, bool_or(completes) as whole
            from purchases.returns where returns.customer_id is not null group by 1
        ) as back using (purchase_id)
        where coalesce(claims.customer_id, purchases.customer_id) = %s
    )
    select coalesce(sum(yen), 0), count(*) filter (where stands), count(distinct day) filter (where stands)
    from bought where day between %s and %s
"""


@pytest.fixture
def customer_id(conn):
    context = make_context(conn)
    customer_id = customer_of(conn, CARD)
    shop_for_a_year(conn, context)
    return customer_id


def added_up(conn, customer_id, begins: date, on: date) -> dict[Measure, int]:
    """By plain SQL: the tax is 10 %, and each whole ¥100 before it earned a point."""
    yen, purchases, visits = conn.execute(OVER_ALL_RECEIPTS, (customer_id, begins, on)).fetchone()
    return {
        Measure.AMOUNT_WITH_TAX: int(yen),
        Measure.AMOUNT_WITHOUT_TAX: int(yen) * 10 // 11,
        Measure.POINTS_EARNED: int(yen) // 110,
        Measure.PURCHASES: purchases,
        Measure.VISITS: visits,
    }


def plan_for(**filters):
    """A ladder's plan that asks every measure in every window."""
    asks = [AtLeast(measure, 1, window, **filters) for window, _, _ in WINDOWS for measure in Measure]
    tiers = (tier("base", None), *(tier(f"t{number}", one) for number, one in enumerate(asks)))
    return ranks.plan_of(Ladder(name="all", tiers=tiers))


@pytest.mark.parametrize("filters", [{}, {"channels": tuple(Channel)}], ids=["by months", "by purchases"])
def test_every_measure_in_every_window_is_the_sum_over_all_receipts(conn, owner_conn, customer_id, filters):
    owner_conn.execute("update customers.customers set joined_at = %s", (JOINED,))
    owner_conn.commit()
    plan = plan_for(**filters)
    days = [LAST, OCTOBER_ENDS]
    figures = ranks.ask_figures(conn, plan, ZoneInfo("Asia/Tokyo"), [customer_id], days)()
    begins = {window: firsts for window, *firsts in WINDOWS}
    for place, on in enumerate(days):
        answers = dict(zip(plan.questions, figures.answers(customer_id, on), strict=True))
        for question, answer in answers.items():
            expected = added_up(conn, customer_id, begins[question.window][place], on)[question.measure]
            assert answer == expected, (question, on)
    whole = added_up(conn, customer_id, date(1900, 1, 1), LAST)
    assert 20 < whole[Measure.VISITS] < whole[Measure.PURCHASES] < 60
    conn.rollback()


def test_an_evaluation_adds_up_in_the_database_what_one_members_figures_say(conn, customer_id):
    windows = [one for one in WINDOWS if not isinstance(one[0], RollingDays | JoinYear)]
    asks = [AtLeast(measure, 1, window) for window, _, _ in windows for measure in Measure]
    tiers = (tier("base", None), *(tier(f"t{number}", one) for number, one in enumerate(asks)))
    plan = ranks.plan_of(Ladder(name="all", tiers=tiers))
    begins = {window: first for window, _, first in windows}
    ((found, answers, _),) = ranks.answer_all(
        conn, plan, [customer_id], OCTOBER_ENDS, zone=ZoneInfo("Asia/Tokyo"), also=()
    )
    assert found == customer_id
    for question, answer in zip(plan.questions, answers, strict=True):
        expected = added_up(conn, customer_id, begins[question.window], OCTOBER_ENDS)[question.measure]
        assert answer == expected, question
    conn.rollback()
