"""Passwords hashed with little work, and a keyring, for the tests of access."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from enishi.access import passwords
from enishi.kit.vault import Keyring


@pytest.fixture
def keyring() -> Keyring:
    return Keyring(bytes(range(32)))


@pytest.fixture
def quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are not about how hard guessing is."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nobody.cache_clear()
