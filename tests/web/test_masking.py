"""A masked identifier is recognised by its owner and of no use to anybody else."""

from __future__ import annotations

import pytest

from enishi.web.masking import mask_identifier, mask_name


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("phone", "+819012345678", "090-••••-5678"),
        ("phone", "+81312345678", "0••••-5678"),
        ("phone", "+14155550123", "+••••-0123"),
        ("email", "hanako@example.jp", "h••••@example.jp"),
        ("email", "h@example.jp", "••••@example.jp"),
        ("card", "2900000000017", "•••• 0017"),
        ("card", "123456", "•••• 456"),
        ("line_user_id", "Uabcdef0123", "•••• 0123"),
        ("app_id", "ab", "•••• b"),
        ("app_id", "a", "••••"),
    ],
)
def test_masking(kind, value, shown):
    assert mask_identifier(kind, value) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [("縁 花子", "縁• 花•"), ("鈴木 一", "鈴• 一•"), ("Mary Ann Smith", "M•• A•• S••"), ("", "••••"), (" ", "••••")],
)
def test_a_name_keeps_the_first_character_of_each_part(name, shown):
    assert mask_name(name) == shown
