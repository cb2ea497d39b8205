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
from enishi.kit.log import configure_logging, get_logger, log_failure

STOP_SECONDS = 10.0
_log = get_logger("replay")
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

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

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
    """Go through what comes over the pipe, and answer with the outcome; what stops that is in the log only."""
    configure_logging("warning")
    settle_collector()
    try:
        _serve(pipe, journey)
    except (EOFError, OSError):
        # Whoever asked has gone.
        return
    except Exception as error:  # noqa: BLE001 - told by closing the pipe, and logged
        log_failure(_log, "replay failed", error)


def _serve(pipe: Pipe, journey: Journey) -> None:
    decode = msgspec.json.Decoder(Page).decode
    replay = set_out(journey)
    while page := pipe.recv_bytes():
        go_through(replay, decode(page))
    pipe.send(arrive(replay))


def _failed() -> ReplayFailed:
    return ReplayFailed("The process of a replay ended unexpectedly.", remedy="Try again; nothing was changed.")
