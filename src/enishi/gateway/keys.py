"""Who calls: API keys, looked up once and remembered for a few seconds, so that the hot path asks no database.

Invariant: a revoked key stops working within ``REMEMBER_SECONDS``. Keys themselves are not kept, only a digest of them.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from typing import Final

from enishi.access import ApiKey
from enishi.gateway.model import InsufficientScope, StoreNotAllowed, Unauthenticated

REMEMBER_SECONDS: Final = 5.0
_MOST_REMEMBERED: Final = 4_096
_BEARER: Final = re.compile(r"[Bb]earer +(enk_[A-Za-z0-9_\-.~+/=]{1,200})")

LookUp = Callable[[str], Awaitable[ApiKey | None]]


class KeyCache:
    """Admits callers. ``look_up`` asks the database; concurrent requests with one key share one look-up."""

    def __init__(self, look_up: LookUp, *, remember_seconds: float = REMEMBER_SECONDS) -> None:
        self._look_up = look_up
        self._remember_seconds = remember_seconds
        self._known: dict[bytes, tuple[float, ApiKey | None]] = {}
        self._asking: dict[bytes, asyncio.Task[ApiKey | None]] = {}

    async def admit(self, authorization: str | None, scope: str) -> ApiKey:
        """The key presented in the header, which may call what needs ``scope``.

        Refusals: ``Unauthenticated``, ``InsufficientScope``; whatever ``look_up`` raises.
        """
        if authorization is None:
            raise _unauthenticated()
        # The digest is that of the whole header: what is remembered need not be taken apart again.
        digest = blake2b(authorization.encode(), digest_size=20).digest()
        known = self._known.get(digest)
        if known is None or known[0] < time.monotonic():
            bearer = _BEARER.fullmatch(authorization)
            if bearer is None:
                raise _unauthenticated()
            key = await self._ask(digest, bearer[1])
        else:
            key = known[1]
        if key is None:
            raise _unauthenticated()
        if scope not in key.scopes:
            raise InsufficientScope(
                f"This API key does not have the scope {scope}.",
                remedy="Use a key that has it; an operator can make one.",
                scope=scope,
            )
        return key

    async def _ask(self, digest: bytes, presented: str) -> ApiKey | None:
        task = self._asking.get(digest)
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.create_task(self._learn(digest, presented))
            self._asking[digest] = task
            task.add_done_callback(lambda _: self._asking.pop(digest, None))
        # Shielded: when the caller who asked first goes away, the others still want to know.
        return await asyncio.shield(task)

    async def _learn(self, digest: bytes, presented: str) -> ApiKey | None:
        asked_at = time.monotonic()
        key = await self._look_up(presented)
        if len(self._known) >= _MOST_REMEMBERED:
            self._forget(asked_at)
        self._known[digest] = (asked_at + self._remember_seconds, key)
        return key

    def _forget(self, now: float) -> None:
        self._known = {digest: known for digest, known in self._known.items() if known[0] >= now}
        if len(self._known) >= _MOST_REMEMBERED:
            # Only a flood of made-up keys gets here; those who are known are learnt again with one query each.
            self._known.clear()


def require_store(key: ApiKey | None, store: str) -> None:
    """Refuse a receipt of a store that the key is not for."""
    if key is not None and key.store_codes is not None and store not in key.store_codes:
        raise StoreNotAllowed(
            "This API key is not for this store; nothing was recorded.",
            field="store",
            remedy="Use the key of the store, or have an operator widen this one.",
        )


def may_see_store(key: ApiKey | None, store: str) -> bool:
    """Whether entries of this store may be shown to the caller."""
    return key is None or key.store_codes is None or store in key.store_codes


def _unauthenticated() -> Unauthenticated:
    return Unauthenticated(
        "No valid API key was presented.", remedy="Send Authorization: Bearer enk_…, with a key that is in use."
    )
