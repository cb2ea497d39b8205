"""Settings of a process, from the environment. Nothing else in Enishi reads it.

===========================  ==========================================================================
``ENISHI_DATA_DIR``          folder of the embedded database and the key file
``ENISHI_MASTER_KEY``        32 random bytes in base64; without it, the key file in the data folder
``ENISHI_HOST``              address to listen on (default 127.0.0.1)
``ENISHI_PORT``              port to listen on (default 8480)
``ENISHI_LOG_LEVEL``         debug, info (default), warning or error
``ENISHI_CARD_PREFIX``       what card numbers of our own begin with: 2 to 6 digits, the first a 2 (default 28)
``ENISHI_WALLET_…``          certificates and keys of Apple Wallet and Google Wallet; see ``WalletSettings``
===========================  ==========================================================================

The database's own variables are described in ``enishi.kit.database``.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from enishi.kit.vault import KEY_BYTES, Keyring

DEFAULT_PORT = 8480
DEFAULT_CARD_PREFIX = "28"
_CARD_PREFIX = re.compile(r"2[0-9]{1,5}")
"""Numbers that begin with 20 to 29 are for use within a company (GS1), so that no product bears them."""
KEY_FILE = "master.key"


class SettingsError(Exception):
    """A setting can not be used. The message says which one and what to do."""


class WalletSettings(Struct, frozen=True, kw_only=True):
    """Files and names for member cards in phone wallets; without them, those wallets are not offered.

    From ``ENISHI_WALLET_ORGANISATION``, ``ENISHI_WALLET_APPLE_CERTIFICATE``, ``…_APPLE_KEY``,
    ``…_APPLE_KEY_PASSWORD``, ``…_APPLE_INTERMEDIATE``, ``…_GOOGLE_KEY`` and ``…_GOOGLE_CLASS``.
    """

    organisation: str = "Enishi"
    """The chain's name, as it stands on the card."""
    apple_certificate: Path | None = None
    apple_key: Path | None = None
    apple_key_password: str | None = None
    apple_intermediate: Path | None = None
    google_key: Path | None = None
    google_class: str = ""


class Settings(Struct, frozen=True, kw_only=True):
    """What a process was told."""

    data_dir: Path
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    demo: bool = False
    log_level: str = "info"
    card_prefix: str = DEFAULT_CARD_PREFIX
    """How the card numbers begin that this installation issues."""
    wallet: WalletSettings = WalletSettings()
    master_key: bytes | None = None
    """From the environment; None means the key file."""


def load_settings(
    *, data_dir: Path, demo: bool = False, port: int | None = None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read the environment. ``data_dir`` and ``port`` are what the command line or the command itself chose."""
    chosen_port = environ.get("ENISHI_PORT", str(DEFAULT_PORT)) if port is None else str(port)
    if not chosen_port.isdigit() or not 0 < int(chosen_port) < 65_536:  # noqa: PLR2004 - the range of TCP ports
        raise SettingsError(f"The port is {chosen_port!r}; it must be a number from 1 to 65535.")
    level = environ.get("ENISHI_LOG_LEVEL", "info").lower()
    if level not in {"debug", "info", "warning", "error"}:
        raise SettingsError(f"ENISHI_LOG_LEVEL is {level!r}; it must be debug, info, warning or error.")
    prefix = environ.get("ENISHI_CARD_PREFIX", DEFAULT_CARD_PREFIX)
    if not _CARD_PREFIX.fullmatch(prefix):
        raise SettingsError(f"ENISHI_CARD_PREFIX is {prefix!r}; it must be 2 to 6 digits, the first of them a 2.")
    return Settings(
        data_dir=Path(environ.get("ENISHI_DATA_DIR") or data_dir),
        host=environ.get("ENISHI_HOST", "127.0.0.1"),
        port=int(chosen_port),
        demo=demo,
        log_level=level,
        card_prefix=prefix,
        wallet=_load_wallet_settings(environ),
        master_key=_decode_key(environ["ENISHI_MASTER_KEY"], "ENISHI_MASTER_KEY")
        if environ.get("ENISHI_MASTER_KEY")
        else None,
    )


def _load_wallet_settings(environ: Mapping[str, str]) -> WalletSettings:
    def file(name: str) -> Path | None:
        text = environ.get(f"ENISHI_WALLET_{name}")
        return Path(text) if text else None

    return WalletSettings(
        organisation=environ.get("ENISHI_WALLET_ORGANISATION") or WalletSettings().organisation,
        apple_certificate=file("APPLE_CERTIFICATE"),
        apple_key=file("APPLE_KEY"),
        apple_key_password=environ.get("ENISHI_WALLET_APPLE_KEY_PASSWORD") or None,
        apple_intermediate=file("APPLE_INTERMEDIATE"),
        google_key=file("GOOGLE_KEY"),
        google_class=environ.get("ENISHI_WALLET_GOOGLE_CLASS", ""),
    )


def _decode_key(text: str, origin: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingsError(
            f"{origin} does not hold a master key: it must be {KEY_BYTES} random bytes in base64, "
            "as 'openssl rand -base64 32' prints them."
        )
    return key


def open_keyring(settings: Settings, *, may_generate: bool) -> tuple[Keyring, Path | None]:
    """The keyring of this installation, and the key file if one was generated just now.

    Only the demo generates a key; anywhere else a missing key is refused, because a key that nobody has stored
    safely loses every customer's data with the disk.
    """
    if settings.master_key is not None:
        return Keyring(settings.master_key), None
    path = settings.data_dir / KEY_FILE
    try:
        return Keyring(_decode_key(path.read_text("ascii"), str(path))), None
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The key file {path} can not be read ({error}). Restore it from your backup.") from error
    if not may_generate:
        raise SettingsError(
            f"There is no master key: set ENISHI_MASTER_KEY, or put the key into {path}. "
            "A database that was used before opens with its own key only; for a new one, 'openssl rand -base64 32' "
            "makes a key, of which to keep a copy where the database's backups are not."
        )
    _write_key_file(path)
    return Keyring(_decode_key(path.read_text("ascii"), str(path))), path


def _write_key_file(path: Path) -> None:
    """Write a new key so that it is either whole and on disk, or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
