"""Every kind of problem is said in both languages, about the same things."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from tests.campaigns.factories import HUNDRED, TWICE, make_rules

from enishi import campaigns
from enishi.campaigns import Conditions, Stacking, StackMode, Trigger, problems


def names_in(said: tuple[str, str]) -> list[str]:
    return sorted(name for text in said for _, name, _, _ in Formatter().parse(text) if name)


@pytest.mark.parametrize("code", problems.KINDS)
def test_both_languages_say_the_same_and_the_japanese_is_japanese(code: str) -> None:
    said = problems.KINDS[code]
    names = [
        sorted(name for text in said[locale] for _, name, _, _ in Formatter().parse(text) if name) for locale in said
    ]
    assert list(said) == ["ja", "en"]
    assert names[0] == names[1]
    for text in said["ja"]:
        assert text.endswith("。")
        assert not re.search(r"[a-z]{2,}", re.sub(r"\{\w+\}", "", text)), text


def test_a_problem_keeps_its_code_and_names_and_is_told_in_a_language() -> None:
    rules = make_rules(HUNDRED, stacking=Stacking(group="秋", mode=StackMode.MULTIPLY))
    others = [("other", make_rules(TWICE, stacking=Stacking(group="秋", mode=StackMode.BEST_OF)))]
    (alone,) = campaigns.validate(rules)
    assert (alone.code, alone.field) == ("only-multipliers-multiply", "stacking.mode")
    (beside,) = campaigns.compare(rules, "own", others)
    assert (beside.code, beside.detail) == (
        "group-modes-differ",
        "In the group 秋, other is “the best of them” and this campaign “multiplied”.",
    )
    assert campaigns.tell_problem(beside, "ja") == (
        "併用グループ 秋 では、other が「最大のものだけ」、このキャンペーンが「掛け合わせ」です。",
        "同じ時期に行うグループの併用のしかたをそろえるか、別のグループにしてください。",
    )


def test_a_welcome_has_neither_conditions_nor_another_effect() -> None:
    rules = make_rules(TWICE, trigger=Trigger.JOINING, conditions=Conditions(from_yen=1))
    assert [one.code for one in campaigns.validate(rules)] == ["joining-gives-added", "joining-without-conditions"]
