"""Progress away from a terminal: a line at each new piece of work, then one every few seconds."""

from __future__ import annotations

import pytest

from enishi.cli import terminal
from enishi.cli.terminal import Ticker


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, in a list of one, to be set by hand."""
    present = [100.0]
    monkeypatch.setattr(terminal, "monotonic", lambda: present[0])
    return present


def test_progress_is_told_in_lines(clock: list[float], capsys: pytest.CaptureFixture[str]) -> None:
    with Ticker("receipts") as ticker:
        ticker.tell("Setting up")
        ticker.tell("Looking", 10_000)
        ticker.tell("Recording", 1_000, 9_000)
        for second in range(1, 8):
            clock[0] = 100.0 + second
            ticker.tell("Recording", 1_000 * (second + 1), 9_000)
        clock[0] = 108.0
        ticker.tell("Recording", 9_000, 9_000)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.splitlines() == [
        "Setting up …",
        "Looking: 10,000",
        "Recording: 1,000 of 9,000",
        "Recording: 6,000 of 9,000, 1,000 receipts/s",
        "Recording: 9,000 of 9,000, 1,000 receipts/s",
    ]
