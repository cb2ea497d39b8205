"""Amounts, rates and instants as people and systems write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from enishi.connectors.purchase_files.model import ValueRefused
from enishi.connectors.purchase_files.values import discount_of, instant_of, number_of, percent_of, text_of, yen_of

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 4, 1, 12, tzinfo=TOKYO)
HALF_PAST_ONE = datetime(2026, 4, 1, 13, 30, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("written", "yen"),
    [
        ("1980", 1980),
        ("1,980", 1980),
        ("¥1,980", 1980),
        ("￥１，９８０", 1980),
        ("1980円", 1980),
        ("1980.00", 1980),
        (" 1980 ", 1980),
        ("'1980", 1980),
        (1980, 1980),
        (1980.0, 1980),
        ("0", 0),
        ("", None),
        (None, None),
    ],
)
def test_yen_are_read_however_they_are_decorated(written: object, yen: int | None) -> None:
    assert yen_of(written, "amount_yen") == yen


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-100", "negative-amount"),
        ("▲100", "negative-amount"),
        ("(100)", "negative-amount"),
        ("1.5", "not-whole-yen"),
        (0.1, "not-whole-yen"),
        ("=1+1", "not-a-number"),
        ("1e9", "not-a-number"),
        (1e30, "not-a-number"),
        ("9" * 40, "not-a-number"),
        ("NaN", "not-a-number"),
        ("千円", "not-a-number"),
        ("12-3", "not-a-number"),
    ],
)
def test_what_are_no_yen_is_refused_by_name(written: object, code: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        yen_of(written, "amount_yen")
    assert refused.value.code == code
    assert refused.value.detail.startswith("amount_yen is ")


def test_a_discount_is_the_same_with_and_without_its_minus_sign() -> None:
    assert [discount_of(written, "discount_yen") for written in ("50", "-50", "▲50", -50, "")] == [50, 50, 50, 50, None]


@pytest.mark.parametrize(
    ("written", "percent"),
    [
        ("8", 8),
        ("8%", 8),
        ("８％", 8),
        ("0.08", 8),
        (0.1, 10),
        ("10.0", 10),
        ("軽減", 8),
        ("※8%", 8),
        ("非課税", 0),
        ("", None),
    ],
)
def test_a_tax_rate_is_read_as_percent_share_or_word(written: object, percent: int | None) -> None:
    assert percent_of(written, "tax_rate_percent") == percent


@pytest.mark.parametrize("written", ["8.5", "-8", "eight"])
def test_what_is_no_tax_rate_is_refused(written: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        percent_of(written, "tax_rate_percent")
    assert refused.value.code in {"bad-tax-rate", "not-a-number"}


@pytest.mark.parametrize(
    ("cells", "instant"),
    [
        (["2026-04-01 13:30:00"], HALF_PAST_ONE),
        (["2026-04-01T13:30:00"], HALF_PAST_ONE),
        (["2026/4/1 13:30"], HALF_PAST_ONE),
        (["2026.04.01 13:30"], HALF_PAST_ONE),
        (["20260401133000"], HALF_PAST_ONE),
        (["20260401", "1330"], HALF_PAST_ONE),
        (["20260401", "133000"], HALF_PAST_ONE),
        (["2026年4月1日 13時30分"], HALF_PAST_ONE),
        (["2026年4月1日", "13:30"], HALF_PAST_ONE),
        (["２０２６／０４／０１ １３：３０"], HALF_PAST_ONE),
        (["2026-04-01 13:30:00.250"], HALF_PAST_ONE.replace(microsecond=250_000)),
        (["2026-04-01"], NOON),
        ([datetime(2026, 4, 1, 13, 30)], HALF_PAST_ONE),  # noqa: DTZ001 - as a spreadsheet gives it
        ([date(2026, 4, 1)], NOON),
        ([date(2026, 4, 1), time(13, 30)], HALF_PAST_ONE),
        ([date(2026, 4, 1), timedelta(hours=13, minutes=30)], HALF_PAST_ONE),
    ],
)
def test_an_instant_without_offset_is_told_in_the_zone(cells: list[object], instant: datetime) -> None:
    assert instant_of(cells, TOKYO, None) == instant


@pytest.mark.parametrize("written", ["2026-04-01T04:30:00Z", "2026-04-01T13:30:00+09:00", "2026-04-01 13:30:00+0900"])
def test_an_offset_of_its_own_goes_before_the_zone(written: str) -> None:
    assert instant_of([written], ZoneInfo("Europe/Berlin"), None) == datetime(2026, 4, 1, 4, 30, tzinfo=UTC)


def test_hours_beyond_midnight_belong_to_the_business_day_before() -> None:
    assert instant_of(["2026-03-31 25:30"], TOKYO, None) == datetime(2026, 4, 1, 1, 30, tzinfo=TOKYO)


def test_a_form_of_its_own_is_read_as_the_mapping_says() -> None:
    assert instant_of(["01.04.26 13h30"], TOKYO, "%d.%m.%y %Hh%M") == HALF_PAST_ONE


@pytest.mark.parametrize(
    "written", ["2026-13-01", "2026-02-30", "yesterday", "1", "2026-04-01 99:99", "=NOW()", "13:30"]
)
def test_what_is_no_instant_is_refused_and_quoted(written: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        instant_of([written], TOKYO, None)
    assert refused.value.code == "bad-time"
    assert f"“{written}”" in refused.value.detail


def test_a_missing_date_is_told_apart_from_a_bad_one() -> None:
    with pytest.raises(ValueRefused) as refused:
        instant_of(["", None], TOKYO, None)
    assert refused.value.code == "no-time"


def test_numbers_of_a_spreadsheet_become_the_codes_they_were() -> None:
    assert [text_of(cell) for cell in (4901234567894.0, 12, 1.5, None, " x ", "'=1+1")] == [
        "4901234567894", "12", "1.5", "", "x", "=1+1",
    ]  # fmt: skip


def test_a_quantity_may_have_a_fraction() -> None:
    assert str(number_of("0.352", "quantity")) == "0.352"
