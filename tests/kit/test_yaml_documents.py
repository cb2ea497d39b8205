"""YAML says what it shows: nothing is taken for something else, and nothing small becomes large."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from enishi.kit.yaml_documents import MAX_BYTES, UnreadableDocument, read_yaml, write_yaml

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=20)
_LOOK_ALIKES = (
    "on",
    "no",
    "17:00",
    "00292",
    "0o7",
    "1e3",
    "1_000",
    "~",
    "",
    "null",
    "2026-04-01T00:00:00+09:00",
    "- a",
)
_SCALARS = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | _TEXT | st.sampled_from(_LOOK_ALIKES)
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=6
)


@given(st.dictionaries(_TEXT, _VALUES, max_size=3))
def test_what_is_written_is_read_back_the_same(value: dict[str, Any]) -> None:
    assert read_yaml(write_yaml(value).encode()) == value


@given(st.dictionaries(_TEXT, _VALUES, max_size=3))
def test_what_is_written_means_the_same_to_readers_that_follow_yaml_1_1(value: dict[str, Any]) -> None:
    assert yaml.safe_load(write_yaml(value)) == value


def test_words_times_and_codes_stay_text() -> None:
    document = b"on: yes\nfrom: 17:00\nstore: 00292\nday: 2026-04-01\nrate: 1.5\ncount: 12\nlive: true\nnothing:\n"
    assert read_yaml(document) == {
        "on": "yes",
        "from": "17:00",
        "store": "00292",
        "day": "2026-04-01",
        "rate": "1.5",
        "count": 12,
        "live": True,
        "nothing": None,
    }


@pytest.mark.parametrize(
    ("document", "detail", "field"),
    [
        (b"a: 1\nb: &x 1", "The document uses an anchor or an alias.", "line 2"),
        (b"a: *x", "The document uses an anchor or an alias.", "line 1"),
        (b"a: 1\nb: 2\na: 3", "The key 'a' stands twice.", "line 3"),
        (b"a: !!python/object/apply:os.system [ls]", "The document uses a tag.", "line 1"),
        (b"? [1]\n: 2", "A key is not a plain word.", "line 1"),
        (b"[" * 50, "Something stands more than 40 levels deep.", "line 1"),
        (b"a: 1\n---\nb: 2", "This is not YAML: but found another document.", "line 2"),
        (b"a: \x00", "The document holds characters that YAML does not allow.", None),
        (b"\xff\xfe", "The document is not UTF-8.", None),
        (b" " * (MAX_BYTES + 1), f"The document has {MAX_BYTES + 1:,} bytes.", None),
    ],
)
def test_a_document_that_hides_what_it_means_is_refused_with_its_line(
    document: bytes, detail: str, field: str | None
) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_yaml(document)
    assert (refused.value.detail, refused.value.field) == (detail, field)
