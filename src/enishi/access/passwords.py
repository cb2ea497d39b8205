"""Hashing and checking passwords with argon2id (64 MiB, 3 passes, 4 lanes: RFC 9106's second recommendation)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from enishi.access.rules import normalise_password

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)


def hash_password(password: str) -> str:
    """The password's argon2id hash, with its parameters and a random salt."""
    return _hasher.hash(normalise_password(password))


def verify_password(stored: str | None, password: str) -> bool:
    """Whether the password is the one that ``stored`` was made from.

    ``stored`` None stands for a login that nobody has: the same work is done, so that the time of the answer does not
    tell whether the login exists.
    """
    try:
        matches = _hasher.verify(_hash_of_nobody() if stored is None else stored, normalise_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None


def needs_new_hash(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(stored)


@cache
def _hash_of_nobody() -> str:
    return _hasher.hash(secrets.token_urlsafe(32))
