"""An orderly stop answers what was taken in, refuses what comes later, and leaves nothing but what was recorded."""

from __future__ import annotations

import contextlib
import http.client
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.installation import Installation, Json, wait_until
from tests.e2e.tills import Tills

pytestmark = pytest.mark.slow

_LANE = ('enishi_queue_waiting{lane="purchases"}', 'enishi_queue_in_hand{lane="purchases"}')


class Caller:
    """A request that is under way in a thread of its own, and its answer."""

    def __init__(self, installation: Installation, body: Json) -> None:
        self.answer: tuple[int, Json] | None = None
        self._thread = threading.Thread(target=self._call, args=(installation, body))
        self._thread.start()

    def _call(self, installation: Installation, body: Json) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException):
            self.answer = installation.post("/v1/purchases", body)

    def join(self) -> tuple[int, Json] | None:
        self._thread.join()
        return self.answer


def _receipt(number: int) -> Json:
    return {
        "source": "pos",
        "external_id": f"R{number}",
        "channel": "pos",
        "store": "S1",
        "occurred_at": "2026-10-03T12:00:00+09:00",
        "identifiers": [{"kind": "card", "value": "9001000000001"}],
        "lines": [{"sku": "4901234567894", "quantity": 1, "unit_price_yen": 1_100}],
    }


@contextlib.contextmanager
def _accounts_held(installation: Installation) -> Iterator[None]:
    """While this lasts, no purchase of a known customer can be recorded."""
    with installation.connect("enishi_owner") as conn, conn.transaction():
        assert conn.execute("select 1 from ledger.accounts for update").fetchone() == (1,)
        yield


def _count(installation: Installation) -> int:
    with installation.connect() as conn:
        return conn.execute("select count(*) from purchases.purchases").fetchone()[0]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_loses_no_answer_and_leaves_no_process(
    installation: Installation, number: signal.Signals
) -> None:
    running = installation.serve()
    with Tills(installation, seed=number) as tills:
        tills.go_on()
        wait_until(lambda: tills.acknowledged > 100, 30, "a hundred receipts")
        assert running.stop(number) == 0, running.words
        installation.wait_for_no_process(5)
        unanswered = tills.rest()
        running = installation.serve()
        with installation.connect() as conn:
            stored = {key for (key,) in conn.execute("select external_id from purchases.purchases")}
        # Whoever got no answer was not recorded either: what is recorded was answered before the end.
        assert stored == set(tills.heard.answers)
        assert unanswered
        tills.go_on()
        tills.finish()
    assert tills.heard.faults == []
    assert tills.replay() == []
    assert installation.verify()["verified"]["purchases"] == tills.acknowledged
    assert running.stop(number) == 0


def test_what_was_taken_in_is_answered_and_what_comes_later_is_refused(installation: Installation) -> None:
    running = installation.serve()
    assert installation.post("/v1/purchases", _receipt(0))[0] == 201
    with _accounts_held(installation):
        callers = [Caller(installation, _receipt(number)) for number in range(1, 9)]
        wait_until(lambda: _taken_in(installation) == len(callers), 10, "all are taken in")
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not running.is_ready(), 10, "it says that it stops")
        late = installation.post("/v1/purchases", _receipt(9))
        assert (late[0], late[1]["code"]) == (503, "unavailable")
        assert all(caller.answer is None for caller in callers)
    answers = [caller.join() for caller in callers]
    assert [(status, answer["replayed"]) for status, answer in answers] == [(201, False)] * len(callers)
    assert sorted(answer["points"]["balance"]["available"] for _, answer in answers) == [*range(20, 100, 10)]
    assert running.wait() == 0, running.words
    installation.wait_for_no_process()
    with installation.serve():
        assert _count(installation) == 9


def _taken_in(installation: Installation) -> int:
    """How many purchases the gateway holds, waiting or in hand, by its own metrics."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", installation.port, timeout=5)) as connection:
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
    return sum(int(float(line.rpartition(" ")[2])) for line in lines if line.startswith(_LANE))


def test_a_demo_is_up_in_seconds_when_started_again_and_keeps_its_data(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "data", "")
    try:
        assert installation.run("demo", "--receipts=200", "--no-serve").returncode == 0
        began = time.monotonic()
        again = installation.start("demo", "--receipts=200")
        again.wait_until_ready()
        assert time.monotonic() - began < 30
        assert _count(installation) == 200
        assert again.stop() == 0
        installation.wait_for_no_process()
    finally:
        installation.kill_everything()
