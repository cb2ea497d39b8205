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


def _set_in(tree: Any) -> Any:
    """What is set in a tree: a part in which nothing is set is the same as none."""
    if not isinstance(tree, dict):
        return tree
    parts = {name: _set_in(inner) for name, inner in tree.items()}
    return {name: inner for name, inner in parts.items() if inner != {}}


def test_a_part_in_which_nothing_is_set_is_the_same_as_none() -> None:
    assert difference({"name": "n"}, {"name": "n", "conditions": {}, "award": {"limits": {}}}) == ()
    assert difference({"goods": {"skus": ["A"]}}, {"goods": {}}) == (Difference("goods.skus", '["A"]', None),)


@given(_TREES, _TREES)
def test_two_that_differ_have_a_difference_and_it_reads_backwards(one: dict[str, Any], other: dict[str, Any]) -> None:
    forth, back = difference(one, other), difference(other, one)
    assert (forth == ()) == (_set_in(one) == _set_in(other))
    assert {(each.field, each.before, each.after) for each in forth} == {
        (each.field, each.after, each.before) for each in back
    }
