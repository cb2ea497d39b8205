"""A replay in a process of its own, so that two go on at once: Python computes on one core at a time in a process.

It is given the rules and then page after page over a pipe, and needs neither the database nor a key. It ends by itself
when the process that started it ends, however that ends: the pipe closes.
"""

from __future__ import annotations

from multiprocessing import get_context
from multiprocessing.connection import Connection as Pipe
from types import TracebackType
from typing import Self

import msgspec

from enishi.flows.past_pages import Page
from enishi.flows.replay_outcome import Journey, Outcome, arrive, go_through, set_out
from enishi.kit.collector import settle_collector
from enishi.kit.errors import Unavailable

STOP_SECONDS = 10.0
_encode = msgspec.json.Encoder().encode


class ReplayFailed(Unavailable):
    """The process of a replay ended unexpectedly. Nothing was changed."""

    code = "replay-failed"
    title = "Replay failed"


class ReplayProcess:
    """A replay that goes on elsewhere."""

    def __init__(self, journey: Journey) -> None:
        """Start it. A fresh process, and no copy of this one: that may have threads and connections."""
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, journey), name="replay", daemon=True)
        self._process.start()
        theirs.close()

    def __enter__(self) -> Self:
        """It ends with the block, whatever happens."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pipe.close()
        self._process.join(STOP_SECONDS)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()

    def go_through(self, page: bytes) -> None:
        """Hand on a page. Raises ``ReplayFailed``."""
        try:
            self._pipe.send_bytes(page)
        except OSError as error:
            raise _failed() from error

    def arrive(self) -> Outcome:
        """Say that history is over, and wait for what it came to. Raises ``ReplayFailed``."""
        try:
            self._pipe.send_bytes(b"")
            outcome = self._pipe.recv()
        except (OSError, EOFError) as error:
            raise _failed() from error
        if not isinstance(outcome, Outcome):
            raise _failed()
        return outcome


def encode_page(page: Page) -> bytes:
    """A page as it goes over the pipe: JSON, which keeps the offset of instants."""
    return _encode(page)


def serve(pipe: Pipe, journey: Journey) -> None:
    """Go through what comes over the pipe, and answer with the outcome."""
    settle_collector()
    decode = msgspec.json.Decoder(Page).decode
    replay = set_out(journey)
    try:
        while page := pipe.recv_bytes():
            go_through(replay, decode(page))
        pipe.send(arrive(replay))
    except (EOFError, OSError):
        # Whoever asked has gone.
        return


def _failed() -> ReplayFailed:
    return ReplayFailed("The process of a replay ended unexpectedly.", remedy="Try again; nothing was changed.")
