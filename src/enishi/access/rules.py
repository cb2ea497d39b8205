"""The pure rules of access: how tries are counted, when sessions end, what a password and a token must be."""

import hashlib
import re
import secrets
import string
import unicodedata
from datetime import datetime, timedelta

from msgspec import Struct

from enishi.access.model import WeakPassword

PASSWORD_LENGTH_MIN = 12
PASSWORD_LENGTH_MAX = 1_024

FAILURES_UNTIL_LOCKED = 10
LOCKED_FOR = timedelta(minutes=30)
FAILURES_FORGOTTEN_AFTER = timedelta(hours=24)

SESSION_IDLE = timedelta(minutes=15)
SESSION_LIFETIME = timedelta(hours=12)
SESSION_SEEN_EVERY = timedelta(seconds=10)
"""A session's last use is written at most this often, so that a page of ten requests writes once."""

MEMBER_SESSION_IDLE = timedelta(days=7)
MEMBER_SESSION_LIFETIME = timedelta(days=30)
MEMBER_SESSION_SEEN_EVERY = timedelta(hours=1)

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
CODE_TRIES = 5
CODE_WINDOW = timedelta(hours=1)
CODES_PER_CONTACT = 5
CODES_PER_ADDRESS = 30
"""Wider than a contact's limit: whole neighbourhoods of phones share one address of their carrier."""

KEY_PREFIX = "enk"
KEY_CACHE_SECONDS = 5
"""An answer of ``authenticate_key`` may be kept this long and no longer: so soon does a revocation take effect."""

_KEY_PATTERN = re.compile(r"enk_([a-z0-9]{4,32})_([A-Za-z0-9]{43,64})", re.ASCII)
_KEY_ID_LENGTH = 12
_KEY_SECRET_LENGTH = 43
"""43 characters of 62 are 256 random bits."""


class Tries(Struct, frozen=True):
    """The failed log-ins of one login since the last success."""

    failures: int = 0
    last_failed_at: datetime | None = None
    locked_until: datetime | None = None


def is_locked(tries: Tries, now: datetime) -> bool:
    """Whether log-ins are refused at this instant, whatever the password."""
    return tries.locked_until is not None and now < tries.locked_until


def after_failure(tries: Tries, now: datetime) -> Tries:
    """Count one more failure; the tenth locks. A lock that has passed, or a day without failures, starts anew."""
    stale = tries.last_failed_at is not None and now - tries.last_failed_at >= FAILURES_FORGOTTEN_AFTER
    failures = 1 if stale or tries.locked_until is not None else tries.failures + 1
    return Tries(
        failures=failures,
        last_failed_at=now,
        locked_until=now + LOCKED_FOR if failures >= FAILURES_UNTIL_LOCKED else None,
    )


def is_over(last_seen_at: datetime, expires_at: datetime, idle: timedelta, now: datetime) -> bool:
    """Whether a session has been idle for too long or reached its greatest age."""
    return now >= expires_at or now - last_seen_at >= idle


def normalise_login(login: str) -> str:
    """The one spelling of a login: NFKC, lower case, no spaces around."""
    return unicodedata.normalize("NFKC", login).strip().lower()


def normalise_password(password: str) -> str:
    """The one spelling of a password, so that it agrees on every keyboard (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password)


def check_password(password: str, login: str) -> None:
    """Raise ``WeakPassword`` for one that is too short, endless, repetitive, or contains the login."""
    plain = normalise_password(password)
    if not PASSWORD_LENGTH_MIN <= len(plain) <= PASSWORD_LENGTH_MAX:
        raise WeakPassword(
            f"A password has {PASSWORD_LENGTH_MIN} to {PASSWORD_LENGTH_MAX:,} characters; this one has {len(plain)}.",
            field="password",
            remedy="Take several words that do not belong together.",
        )
    if len(set(plain)) < 5 or normalise_login(login) in plain.lower():  # noqa: PLR2004 - fewer is a pattern, not a secret
        raise WeakPassword(
            "The password contains the login or too few different characters.",
            field="password",
            remedy="Take several words that do not belong together.",
        )


def new_token() -> str:
    """A session token of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> bytes:
    """What is stored instead of a token or key secret. Both are random, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def new_key_parts() -> tuple[str, str]:
    """A fresh key ID and secret."""
    identifiers = string.ascii_lowercase + string.digits
    secret_letters = string.ascii_letters + string.digits
    return (
        "".join(secrets.choice(identifiers) for _ in range(_KEY_ID_LENGTH)),
        "".join(secrets.choice(secret_letters) for _ in range(_KEY_SECRET_LENGTH)),
    )


def format_key(key_id: str, secret: str) -> str:
    """A key as its holder presents it."""
    return f"{KEY_PREFIX}_{key_id}_{secret}"


def parse_key(presented: str) -> tuple[str, str] | None:
    """The key ID and the secret of a presented key; None when it can not be one."""
    match = _KEY_PATTERN.fullmatch(presented)
    return (match[1], match[2]) if match else None


def new_code() -> str:
    """A one-time code of six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def normalise_code(typed: str) -> str:
    """The code as it was sent: full-width digits, spaces and hyphens are as people type them."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", typed))
