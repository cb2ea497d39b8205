"""Structured logs: one JSON object a line, and no personal data in any of them.

The rule is enforced, not asked for: only fields named in ``FIELDS`` are written, whatever the caller hands in, and an
exception is written as its type and the places it passed through, never its message, because messages of drivers and
parsers quote the values they stumbled over. To log something new, add its field here and ask whether it can ever hold
a body, an identifier, a name or a number of a person; if it can, it does not belong in a log.
"""

from __future__ import annotations

import contextlib
import logging
import secrets
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Final, TextIO, cast

import structlog
from structlog.typing import FilteringBoundLogger, Processor

FIELDS: Final = frozenset(
    {
        # Written by the machinery itself.
        "at", "level", "room", "library", "event", "dropped_fields",
        # A request and its answer. The path is the route's pattern, never the path that was asked for.
        "request_id", "method", "route", "status", "code", "duration_ms", "body_bytes", "key_id",
        # A failure.
        "error_id", "error_type", "sqlstate", "frames", "cause_type",
        # What a process is doing.
        "address", "port", "pid", "version", "migrations", "signal", "data_dir", "server_version", "message",
        "attempt", "delay_seconds", "timeout_seconds", "exit_status",
        # Counts and measures.
        "count", "size", "seconds", "waiting", "rows", "bytes", "drained",
    }
)  # fmt: skip
"""Every field a log line may have."""

_SPOKEN_LIBRARIES: Final = ("granian", "_granian", "psycopg.pool")
"""Libraries whose own messages are about connections and processes. Of any other only the logger's name is written."""

_LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40}


def configure_logging(level: str = "info", stream: TextIO | None = None) -> None:
    """Write log lines of ``level`` (debug, info, warning, error) and above to ``stream``, by default stderr.

    The standard library's loggers are led into the same lines, so that a library's warning is not lost. A line that
    can not be written is dropped.
    """
    target = cast("TextIO", _Sink(sys.stderr if stream is None else stream))
    number = _LEVELS[level]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    handler = _LibraryHandler(target)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(number, logging.WARNING))


def get_logger(name: str) -> FilteringBoundLogger:
    """The logger of a part of the product. Where it writes is settled at its use, by ``configure_logging``."""
    processors = [*_COMMON, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return cast("FilteringBoundLogger", structlog.wrap_logger(None, processors=processors, room=name))


def log_failure(log: FilteringBoundLogger, event: str, error: BaseException, **fields: Any) -> str:
    """Log an unexpected exception and return the error id under which it can be found again.

    The id is what the caller of the product is told; type, SQLSTATE and frames stay in the log, and the message of
    the exception is written nowhere.
    """
    error_id = f"err-{secrets.token_hex(6)}"
    log.error(event, error_id=error_id, **describe_failure(error), **fields)
    return error_id


def describe_failure(error: BaseException) -> dict[str, Any]:
    """What may be said of an exception: its type, its cause's type, its SQLSTATE, and the frames it passed through."""
    described: dict[str, Any] = {
        "error_type": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [
            f"{frame.filename.rsplit('site-packages/', 1)[-1].rsplit('/src/', 1)[-1]}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ],
    }
    sqlstate = getattr(error, "sqlstate", None)
    if isinstance(sqlstate, str):
        described["sqlstate"] = sqlstate
    cause = error.__cause__ or error.__context__
    if cause is not None:
        described["cause_type"] = f"{type(cause).__module__}.{type(cause).__qualname__}"
    return described


def _keep_known_fields(_: Any, __: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Drop every field that is not in ``FIELDS``, and say which were dropped (their names, not their values)."""
    unknown = sorted(name for name in entry if name not in FIELDS)
    for name in unknown:
        del entry[name]
    if unknown:
        entry["dropped_fields"] = unknown
    return entry


_COMMON: Final[list[Processor]] = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _keep_known_fields,
]


class _Sink:
    """A stream whose troubles do not become its writers': when the disk under the log is full, work goes on."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


class _LibraryHandler(logging.Handler):
    """Turns a record of the standard library's logging into a line of ours."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._render = structlog.processors.JSONRenderer(ensure_ascii=False)
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        entry: dict[str, Any] = {"event": "library spoke", "library": record.name, "level": record.levelname.lower()}
        if record.name.startswith(_SPOKEN_LIBRARIES):
            entry["message"] = record.getMessage()
        if record.exc_info is not None and record.exc_info[1] is not None:
            entry |= describe_failure(record.exc_info[1])
        for process in _COMMON[2:]:
            entry = cast("dict[str, Any]", process(None, record.levelname.lower(), entry))
        self._stream.write(cast("str", self._render(None, "", entry)) + "\n")
        self._stream.flush()
