"""What is said of a body that can not be taken: where, what, and what to do."""

from __future__ import annotations

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.model import MalformedBody
from enishi.kit.errors import InvalidRequest
from enishi.kit.validity import allowed_values, describe_invalid
from enishi.purchases import Purchase


class Shape(Struct, forbid_unknown_fields=True):
    number: Annotated[int, Meta(ge=0)]
    maybe: int | None = None
    text: str = ""


@pytest.mark.parametrize(
    ("body", "detail", "field", "remedy"),
    [
        (b"{}", "The field is missing.", "number", "Add it."),
        (b'{"number": -1}', "The number is outside its limit.", "number", "Send at least 0."),
        (b'{"number": "1"}', "The value is text.", "number", "Send an integer."),
        (b'{"number": 1, "maybe": []}', "The value is an array.", "maybe", "Send an integer or null."),
        (b"[]", "The value is an array.", None, "Send an object."),
        (
            b'{"number": 1, "x": 1}',
            "There is no such field.",
            "x",
            "Remove it, or compare its spelling with /v1/openapi.json.",
        ),
    ],
)
def test_a_body_of_another_shape(body: bytes, detail: str, field: str | None, remedy: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        BodyDecoder(Shape).decode(body)
    assert (refused.value.detail, refused.value.field, refused.value.remedy) == (detail, field, remedy)


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"", "Input data was truncated."),
        (b'{"number": NaN}', "JSON is malformed: invalid character (byte 11)."),
        (b'{"number": 1, "text": "\xff"}', "The body is not UTF-8."),
        (
            b'{"text": "\\ud800zzzzzzzz"}',
            "JSON is malformed: unexpected end of escaped utf-16 surrogate pair (byte 16).",
        ),
        (b'{"number": 1} 1', "JSON is malformed: trailing characters (byte 15)."),
        (b'{"number": 1', "Input data was truncated."),
    ],
)
def test_what_is_not_json_at_all(body: bytes, detail: str) -> None:
    with pytest.raises(MalformedBody) as refused:
        BodyDecoder(Shape).decode(body)
    assert refused.value.detail == detail


@pytest.mark.parametrize("body", [b'{"number": %s}', b'{"text": "\\u0041", "number": %s}'])
def test_an_integer_of_thousands_of_digits_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="outside its limit"):
        BodyDecoder(Shape).decode(body % (b"9" * 5_000))


def test_nesting_without_end_is_refused_and_not_followed() -> None:
    with pytest.raises(InvalidRequest, match="The value is an array"):
        BodyDecoder(Shape).decode(b'{"number": ' + b"[" * 1_000_000)
    with pytest.raises(MalformedBody, match="nested too deeply"):
        BodyDecoder(Shape).decode(b'{"text": "\\u0041", "more": ' + b"[" * 1_000_000)


def test_a_long_field_name_is_not_repeated_whole() -> None:
    refusal = describe_invalid(f"Object contains unknown field `{'x' * 500}` - at `$.lines[3]`", Purchase)
    assert refusal.field == "lines[3]." + "x" * 64


def test_the_values_of_an_enumeration_are_found_by_path() -> None:
    assert allowed_values(Purchase, "channel") == ["app", "ec", "line", "pos"]
    assert allowed_values(Purchase, "identifiers[4].kind")[:2] == ["app_id", "card"]
    assert allowed_values(Purchase, "lines[0].sku") == []


def test_a_message_that_is_not_known_still_gets_an_answer() -> None:
    refusal = describe_invalid("Something new - at `$.lines[0]`", Purchase)
    assert (refusal.field, refusal.detail) == ("lines[0]", "The value is not valid here.")
