"""The bench runs, whole, at a tiny size. It is not timed here: what it measures says nothing on a busy machine."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
SIZE = ("--customers=300", "--history=3000", "--receipts=60", "--seconds=1", "--rounds=1")
MEASURED = (
    "award.batcher_16",
    "award.http_256",
    "award.ruled_256",
    "spend.batcher_256",
    "peer.hordak",
    "cpu.award",
    "import.year",
    "backtest.year",
    "expiry.sweep",
    "award.batcher_256_after_10m",
    "ledger.verify",
)


@pytest.fixture(scope="module")
def run() -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench", *MEASURED, *SIZE, "--json"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def figures(run: subprocess.CompletedProcess[str]) -> dict[str, dict[str, Any]]:
    assert run.returncode == 0, run.stderr
    return {figure["name"]: figure for figure in map(json.loads, run.stdout.splitlines())}


pytestmark = pytest.mark.slow


def test_every_line_is_a_figure(figures: dict[str, dict[str, Any]]) -> None:
    for figure in figures.values():
        assert set(figure) == {"name", "value", "unit", "against", "ratio"}
        assert isinstance(figure["value"], float)
        assert figure["unit"]
        assert (figure["against"] is None) == (figure["ratio"] is None)


def test_what_was_asked_for_is_measured_and_compared(figures: dict[str, dict[str, Any]]) -> None:
    compared = {name: (figures[name]["unit"], figures[name]["against"]) for name in MEASURED if name in figures}
    compared.pop("peer.hordak", None)
    assert compared == {
        "award.batcher_16": ("receipts/s", "peer.pgbench_award"),
        "award.http_256": ("receipts/s", "peer.pgbench_award"),
        "award.ruled_256": ("receipts/s", "peer.pgbench_award"),
        "spend.batcher_256": ("receipts/s", "peer.pgbench_spend"),
        "import.year": ("receipts/s", "peer.copy_year"),
        "backtest.year": ("receipts/s", "peer.live_year"),
        "expiry.sweep": ("lots/s", "peer.update"),
        "award.batcher_256_after_10m": ("receipts/s", "peer.without_history"),
        "ledger.verify": ("entries/s", "peer.scan"),
    }
    assert all(figures[name]["ratio"] > 0 and figures[name]["value"] > 0 for name in compared)


def test_latencies_and_cpu_have_lines_of_their_own(figures: dict[str, dict[str, Any]]) -> None:
    for name in ("award.batcher_16", "award.http_256", "spend.batcher_256"):
        assert figures[f"{name}.p99"]["unit"] == "ms"
        assert figures[f"{name}.cpu"]["unit"] == "µs/receipt"


def test_every_step_of_a_receipt_is_seen(figures: dict[str, dict[str, Any]]) -> None:
    """A step that the flow no longer takes under this name would show as nothing."""
    python = {name: figure["value"] for name, figure in figures.items() if name.startswith("cpu.award.python.")}
    assert len(python) == 16
    assert all(value > 0 for value in python.values()), python
    server = {name.removeprefix("cpu.award.server.") for name in figures if name.startswith("cpu.award.server.")}
    assert server >= {
        "insert_purchases.purchases",
        "insert_ledger.journal",
        "insert_ranks.progress",
        "insert_outbox.events",
        "select_customers.identifiers",
        "commit",
    }


def test_the_peer_from_the_index_is_measured_or_said_to_be_missing(
    run: subprocess.CompletedProcess[str], figures: dict[str, dict[str, Any]]
) -> None:
    if importlib.util.find_spec("hordak") is None:
        assert "peer.hordak" not in figures
        assert "django-hordak is not installed, so there is no peer.hordak" in run.stderr
    else:
        assert figures["peer.hordak"]["against"] == "peer.pgbench_award"
