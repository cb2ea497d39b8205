"""Logs: one JSON object a line, and no personal data in any of them."""

import errno
import io
import json
import logging
import os
from collections.abc import Iterator

import pytest
import structlog

from enishi.kit.log import configure_logging, get_logger, log_failure


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    target = io.StringIO()
    configure_logging("info", target)
    yield target
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


class FullDisk(io.StringIO):
    """A file on a disk that has no room."""

    def write(self, _: str) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_time_level_and_room(stream: io.StringIO) -> None:
    get_logger("gateway").info("answered", status=201, route="/v1/purchases")
    (line,) = lines(stream)
    assert str(line.pop("at")).endswith("Z")
    assert line == {
        "event": "answered", "level": "info", "room": "gateway", "status": 201, "route": "/v1/purchases",
    }  # fmt: skip


def test_a_field_that_is_not_known_to_be_harmless_is_dropped_and_its_name_said(stream: io.StringIO) -> None:
    get_logger("gateway").info("looked up", phone="09012345678", status=200)
    (line,) = lines(stream)
    assert line["dropped_fields"] == ["phone"]
    assert "09012345678" not in stream.getvalue()


def test_levels_below_the_chosen_one_are_not_written(stream: io.StringIO) -> None:
    get_logger("gateway").debug("answered")
    assert stream.getvalue() == ""


def test_a_failure_is_logged_without_its_message(stream: io.StringIO) -> None:
    try:
        try:
            int("09012345678 is not a number")
        except ValueError as cause:
            raise RuntimeError("Key (email)=(hanako@example.jp)") from cause
    except RuntimeError as error:
        error_id = log_failure(get_logger("gateway"), "request failed", error, route="/v1/purchases")
    (line,) = lines(stream)
    assert line["error_id"] == error_id
    assert (line["error_type"], line["cause_type"]) == ("builtins.RuntimeError", "builtins.ValueError")
    frames = line["frames"]
    assert isinstance(frames, list)
    assert frames[0].endswith("test_a_failure_is_logged_without_its_message")
    assert "hanako" not in stream.getvalue()
    assert "09012345678" not in stream.getvalue()


def test_a_librarys_warning_is_kept_and_its_text_only_when_it_speaks_of_connections(stream: io.StringIO) -> None:
    logging.getLogger("psycopg.pool").warning("error connecting in %r", "pool-1")
    logging.getLogger("asyncio").error("exception was never retrieved: hanako@example.jp")
    pool, loop = lines(stream)
    assert (pool["event"], pool["message"]) == ("library spoke", "error connecting in 'pool-1'")
    assert (loop["event"], loop["library"], loop.get("message")) == ("library spoke", "asyncio", None)


def test_a_line_that_can_not_be_written_disturbs_nobody(stream: io.StringIO) -> None:
    configure_logging("info", FullDisk())
    get_logger("gateway").error("answered")
    logging.getLogger("psycopg.pool").warning("error connecting")
    assert stream.getvalue() == ""
