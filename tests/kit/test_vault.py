"""Keys: what is sealed opens only with its own key, owner and purpose."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enishi.kit.vault import Keyring, WrongKey

KEYRING = Keyring(bytes(range(32)))
ANNE, BEN = UUID(int=1), UUID(int=2)


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_to_the_same_bytes(plain):
    key, wrapped = KEYRING.new_data_key(ANNE)
    assert KEYRING.open_data_key(wrapped, ANNE).decrypt(key.encrypt(plain, "profile"), "profile") == plain


@given(st.integers(0, 43), st.integers(1, 255))
def test_a_changed_byte_anywhere_is_noticed(position, mask):
    key, _ = KEYRING.new_data_key(ANNE)
    sealed = bytearray(key.encrypt(b"0123456789abcdef", "profile"))
    sealed[position] ^= mask
    with pytest.raises(WrongKey):
        key.decrypt(bytes(sealed), "profile")


def test_neither_purpose_nor_owner_can_be_exchanged():
    key, wrapped = KEYRING.new_data_key(ANNE)
    sealed = key.encrypt(b"secret", "phone")
    with pytest.raises(WrongKey):
        key.decrypt(sealed, "email")
    with pytest.raises(WrongKey):
        KEYRING.open_data_key(wrapped, BEN)
    with pytest.raises(WrongKey):
        Keyring(bytes(32)).open_data_key(wrapped, ANNE)
    with pytest.raises(WrongKey):
        key.decrypt(b"", "phone")


def test_the_blind_index_is_stable_and_depends_on_the_key_and_on_where_parts_end():
    assert KEYRING.blind("card", "1").hex() == Keyring(bytes(range(32))).blind("card", "1").hex()
    assert len({KEYRING.blind("a", "bc"), KEYRING.blind("ab", "c"), Keyring(bytes(32)).blind("a", "bc")}) == 3


def test_a_master_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="31 bytes"):
        Keyring(bytes(31))
