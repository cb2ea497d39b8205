"""The demo as whoever tries Enishi meets it: loaded, stopped, started again."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.installation import Installation, wait_until

RECEIPTS = 500
LONGER = 10_000


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Installation]:
    """A folder in which no demo has run yet."""
    fresh = Installation(tmp_path / "data", "")
    yield fresh
    fresh.kill_everything()


def replayed(ended_stdout: str) -> dict[str, int]:
    """What ``demo --json`` says of the replay."""
    return json.loads(ended_stdout)["replay"]


def test_a_short_demo_is_loaded_proves_clean_and_is_there_at_once_the_second_time(demo: Installation) -> None:
    first = demo.run("demo", "--receipts", str(RECEIPTS), "--no-serve", "--json")
    assert first.returncode == 0, first.stderr
    assert {name: replayed(first.stdout)[name] for name in ("receipts", "recorded", "repeated", "refused")} == {
        "receipts": RECEIPTS,
        "recorded": RECEIPTS,
        "repeated": 0,
        "refused": 0,
    }
    assert "A master key was made for this demo" in first.stderr
    assert (demo.data_dir / "master.key").stat().st_mode & 0o777 == 0o600
    assert demo.processes() == []
    proven = demo.verify()
    assert proven["ok"]
    assert proven["verified"]["purchases"] == RECEIPTS
    second = demo.run("demo", "--receipts", str(RECEIPTS), "--no-serve", "--json")
    assert second.returncode == 0, second.stderr
    assert replayed(second.stdout) is None, "everything was loaded before"
    assert "master key" not in second.stderr


def test_a_demo_that_is_stopped_while_loading_goes_on_where_it_was(demo: Installation) -> None:
    loading = demo.start("demo", "--receipts", str(LONGER), "--no-serve")
    wait_until(lambda: "Replaying receipts" in loading.words, 120, "the replay begins")
    time.sleep(0.4)
    assert loading.stop(signal.SIGINT, 60) == 128 + signal.SIGINT, loading.words
    assert "goes on from here" in loading.words
    demo.wait_for_no_process()
    again = demo.run("demo", "--receipts", str(LONGER), "--no-serve", "--json")
    assert again.returncode == 0, again.stderr
    report = replayed(again.stdout)
    assert (report["receipts"], report["recorded"] + report["repeated"], report["refused"]) == (LONGER, LONGER, 0)
    assert demo.verify()["verified"]["purchases"] == LONGER


def test_a_demo_killed_while_loading_has_each_receipt_once_in_the_end(demo: Installation) -> None:
    for _ in range(2):
        loading = demo.start("demo", "--receipts", str(LONGER), "--no-serve")
        wait_until(lambda loading=loading: "Replaying receipts" in loading.words, 120, "the replay begins")
        time.sleep(0.4)
        assert loading.process.poll() is None, "it is killed while it works"
        loading.kill()
        demo.wait_for_no_process(60)
    ended = demo.run("demo", "--receipts", str(LONGER), "--no-serve")
    assert ended.returncode == 0, ended.stderr
    assert demo.verify()["verified"]["purchases"] == LONGER


def test_the_demo_serves_every_face_and_stops_without_a_trace(demo: Installation) -> None:
    serving = demo.start("demo", "--receipts", "200")
    serving.wait_until_ready(180)
    wait_until(lambda: "Ctrl-C stops everything" in serving.words, 10, "the addresses are told")
    for path in ("/", "/v1/docs", "/v1/openapi.json", "/healthz", "/metrics", "/api/demo"):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", demo.port, timeout=20)) as connection:
            connection.request("GET", path)
            assert connection.getresponse().status == 200, path
    for told in (f":{demo.port}/console/", f":{demo.port}/counter/", f":{demo.port}/my/", "owner", "enk_demo_"):
        assert told in serving.words
    assert serving.stop() == 0
    demo.wait_for_no_process()
