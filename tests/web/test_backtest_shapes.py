"""What trying rules came to, as a page receives it: in its language, and with names only where they may be seen."""

from __future__ import annotations

import msgspec
from tests.flows.backtests import MEMBER, REACH, TRIED

from enishi.access import Locale
from enishi.catalog import Store
from enishi.flows import Backtest, RankMove, Reach, break_even
from enishi.flows.backtest_model import Below
from enishi.web.backtest_shapes import shape_backtest

STORES = {"S1": Store("S1", "銀座店")}


def test_a_result_is_the_same_after_it_was_kept_as_json() -> None:
    kept = msgspec.json.encode(TRIED)
    assert msgspec.json.decode(kept, type=Backtest) == TRIED
    assert msgspec.json.encode(msgspec.json.decode(kept, type=Backtest)) == kept


def test_a_result_is_told_in_the_language_with_the_names_of_its_own_time() -> None:
    shown = shape_backtest(TRIED, Locale.JA, STORES, {MEMBER: "山田 花子"})
    assert (shown.total.difference_points, shown.total.difference_yen) == (20, 19)
    assert [row.name for row in (*shown.stores, *shown.ranks, *shown.campaigns)] == ["銀座店", "ゴールド", "段階"]
    assert [(bar.from_points, bar.below_points) for bar in shown.points_by_member] == [(0, 1), (1, 100), (100, None)]
    assert (shown.rising, shown.falling, shown.thresholds[0].needed_text) == (1, 0, "税込の買上額 5,000円以上")
    assert [(one.name, one.days) for one in shown.moved] == [("段階", 364)]
    assert [one.name for one in shape_backtest(TRIED, Locale.EN, STORES, None).ranks] == ["Gold"]


def test_movers_are_named_to_those_only_who_may_see_personal_data() -> None:
    by_name = shape_backtest(TRIED, Locale.JA, STORES, {MEMBER: "山田 花子"}).moves
    assert [[each.name for each in move.some] for move in by_name] == [["山田 花子"], []]
    hidden = shape_backtest(TRIED, Locale.JA, STORES, None).moves
    assert [(each.customer_id, each.name) for each in hidden[0].some] == [(MEMBER, None)]


def test_where_only_one_side_has_ranks_everybody_of_the_other_has_none() -> None:
    first = msgspec.structs.replace(TRIED, tiers_today=(), moves=(RankMove("", "gold", 1, 10, (MEMBER,)),))
    shown = shape_backtest(first, Locale.JA, STORES, None)
    assert [(one.code, one.name, one.members) for one in shown.tiers_today] == [("", "ランクなし", 10)]
    assert [one.code for one in shown.tiers_tried] == ["regular", "gold"]
    assert shape_backtest(msgspec.structs.replace(first, tiers_tried=()), Locale.JA, STORES, None).tiers_today == []


def test_what_pays_for_a_threshold_is_the_cost_over_the_margin_or_so_many_lifted_up_to_it() -> None:
    # 950 yen cost; each of the 40 within reach lacks 750 yen, which brings 225 at 30 % and costs 9.5.
    paying = break_even(REACH, "yen", 30)
    assert paying is not None
    assert (paying.sales_yen, paying.lifted) == (3_167, 5)
    assert break_even(REACH, "visits", 30) is None
    dear = Reach(1, 5_000, 400, 400, (Below(30, 1, 1_000),))
    unpayable = break_even(dear, "yen", 30)
    assert unpayable is not None
    assert (unpayable.sales_yen, unpayable.lifted) == (1_334, None)
