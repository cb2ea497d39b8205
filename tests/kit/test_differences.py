"""A difference names the fields that differ and no others."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from enishi.kit.differences import Difference, difference

_TREES = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(st.integers(0, 3), lambda inner: st.dictionaries(st.sampled_from("xyz"), inner, max_size=3)),
    max_size=3,
)


def test_a_changed_an_added_and_a_removed_field_are_named_by_their_paths() -> None:
    before = {"rate": {"unit": 100, "points": 1}, "zone": "Asia/Tokyo"}
    after = {"rate": {"unit": 200, "points": 1}, "name": "新しい"}
    assert difference(before, after) == (
        Difference("rate.unit", "100", "200"),
        Difference("name", None, '"新しい"'),
        Difference("zone", '"Asia/Tokyo"', None),
    )


def test_parts_with_codes_are_named_by_them_so_that_one_put_between_changes_nothing_else() -> None:
    before = {"tiers": [{"code": "base", "min": 0}, {"code": "gold", "min": 9}]}
    after = {"tiers": [{"code": "base", "min": 0}, {"code": "silver", "min": 5}, {"code": "gold", "min": 9}]}
    assert difference(before, after) == (
        Difference("tiers", '["base","gold"]', '["base","silver","gold"]'),
        Difference("tiers[silver].min", None, "5"),
    )


@given(_TREES)
def test_nothing_differs_from_itself(tree: dict[str, Any]) -> None:
    assert difference(tree, tree) == ()


@given(_TREES, _TREES)
def test_two_that_differ_have_a_difference_and_it_reads_backwards(one: dict[str, Any], other: dict[str, Any]) -> None:
    forth, back = difference(one, other), difference(other, one)
    assert (forth == ()) == (one == other)
    assert {(each.field, each.before, each.after) for each in forth} == {
        (each.field, each.after, each.before) for each in back
    }
