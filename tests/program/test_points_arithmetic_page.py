"""The page that explains the arithmetic to operators says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from enishi.program import AwardBasis, explain, price

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "points-arithmetic.md"


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_entry_it_shows_reads_as_it_says(page):
    (shown,) = re.findall(r"```json\n(.+)\n```", page)
    basis = msgspec.json.decode(shown, type=AwardBasis)
    assert f"> {explain(basis, 'ja').sentence}\n" in page
    assert f"> {explain(basis, 'en').sentence}\n" in page


def test_every_name_in_a_basis_is_in_its_table(page):
    (table,) = re.findall(r"\| name \| meaning.*?\n\n", page, re.DOTALL)
    assert set(re.findall(r"`([a-z])`", table)) == {field.encode_name for field in msgspec.structs.fields(AwardBasis)}


def test_the_split_it_shows_is_the_split_that_is_made(page, receipt, programme):
    version = programme(excluded_categories=("tobacco",), unit_yen=1)
    (award,) = price(receipt((778, 8), (478, 10), (2_361, 10, "tobacco")), version, 609)
    assert [part.reduction_yen for part in award.basis.parts] == [131, 80]
    assert "131 + 80 + 398" in page
    assert f"¥{award.points}" in page
