"""Keys: everything Enishi seals or looks up blindly hangs from one master key.

The master key never touches data. From it come, by HKDF-SHA-256 with a label each, the key of the blind index
(HMAC-SHA-256), the key that wraps customers' data keys, and keys for system data. Each customer has a random data key
of their own, stored wrapped; destroying the wrapped key erases all that was sealed under it (crypto-shredding).
Sealing is AES-256-GCM with a random 96-bit nonce; what a text belongs to is bound to it as associated data.
"""

from __future__ import annotations

import hmac
import os
from functools import lru_cache
from hashlib import blake2b
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12
_CHECK = b"enishi master key"


class WrongKey(Exception):  # noqa: N818 - a refusal is a noun
    """What was sealed can not be opened with this key, or has been altered."""


class DataKey:
    """A key that seals and opens small texts. ``owner`` is bound to each, so that rows can not be swapped."""

    __slots__ = ("_cipher", "_owner")

    def __init__(self, key: bytes, owner: bytes) -> None:
        self._cipher = AESGCM(key)
        self._owner = owner

    def encrypt(self, plain: bytes, purpose: str) -> bytes:
        """Seal ``plain``; the result is nonce ‖ ciphertext ‖ tag."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, self._owner + purpose.encode())

    def decrypt(self, sealed: bytes, purpose: str) -> bytes:
        """Open what ``encrypt`` sealed for the same owner and purpose. Raises ``WrongKey``."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._owner + purpose.encode())
        except (InvalidTag, ValueError) as error:
            raise WrongKey("This text was sealed under another key, for another owner, or was altered.") from error


class Keyring:
    """All keys of an installation, derived from its master key of 32 random bytes."""

    def __init__(self, master_key: bytes) -> None:
        if len(master_key) != KEY_BYTES:
            raise ValueError(f"The master key has {len(master_key)} bytes; it needs {KEY_BYTES}.")
        self._master_key = master_key
        self._blind_key = self._derive("blind index")
        self._digest_key = self._derive("fingerprint")
        self._wrapping = AESGCM(self._derive("wrapping"))
        self.system_key = lru_cache(maxsize=32)(self._make_system_key)

    def reveal(self) -> bytes:
        """The master key itself, to be handed to a process of our own over a pipe. It goes nowhere else."""
        return self._master_key

    def _derive(self, label: str) -> bytes:
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"enishi/{label}".encode()).derive(self._master_key)

    def blind(self, *parts: str) -> bytes:
        """The blind index of these parts: 32 bytes by which equality can be tested and nothing else learnt."""
        return hmac.digest(self._blind_key, "\x1f".join(parts).encode(), "sha256")

    def digest(self, data: bytes) -> bytes:
        """A keyed fingerprint of 16 bytes, for telling a repeat from a change without keeping the text."""
        return blake2b(data, digest_size=16, key=self._digest_key).digest()

    def new_data_key(self, owner: UUID) -> tuple[DataKey, bytes]:
        """A fresh random data key for ``owner`` and the same key wrapped for storage."""
        key = os.urandom(KEY_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        return DataKey(key, owner.bytes), nonce + self._wrapping.encrypt(nonce, key, owner.bytes)

    def open_data_key(self, wrapped: bytes, owner: UUID) -> DataKey:
        """The data key that ``new_data_key`` wrapped for ``owner``. Raises ``WrongKey``."""
        try:
            key = self._wrapping.decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], owner.bytes)
        except (InvalidTag, ValueError) as error:
            raise WrongKey("This data key was wrapped under another master key.") from error
        return DataKey(key, owner.bytes)

    def _make_system_key(self, purpose: str) -> DataKey:
        return DataKey(self._derive(f"system/{purpose}"), b"system")

    @property
    def check_value(self) -> bytes:
        """What a database remembers of its master key, to tell a wrong one at start. It reveals nothing of the key."""
        return hmac.digest(self._derive("check"), _CHECK, "sha256")
