"""Stopping a serving Enishi: what was taken in is answered, nothing is left behind, impatience is heard."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import threading
import time
from typing import Any

import pytest
from tests.e2e.installation import Installation, wait_until


def receipt(number: int) -> dict[str, Any]:
    return {
        "source": "till-1",
        "external_id": f"R{number}",
        "channel": "pos",
        "store": "001",
        "occurred_at": "2026-04-01T12:00:00+09:00",
        "identifiers": [{"kind": "card", "value": f"29{number:05d}"}],
        "lines": [{"sku": "A", "quantity": 1, "unit_price_yen": 1_100}],
    }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_everything_in_order(installation: Installation, number: signal.Signals) -> None:
    serving = installation.serve()
    assert installation.post("/v1/purchases", receipt(1))[0] == 201
    assert serving.stop(number) == 0, serving.words
    installation.wait_for_no_process()
    assert f'"signal": "{number.name}"' in serving.words
    assert installation.verify()["verified"]["purchases"] == 1


def test_what_was_taken_in_is_answered_before_the_end(installation: Installation) -> None:
    serving = installation.serve()
    stop = threading.Event()
    answers: list[int] = []
    broken: list[str] = []

    def keep_calling(lane: int) -> None:
        number = lane * 100_000
        while not stop.is_set():
            number += 1
            try:
                status, _ = installation.post("/v1/purchases", receipt(number))
            except ConnectionRefusedError:
                return
            except (OSError, http.client.HTTPException, json.JSONDecodeError) as error:
                broken.append(type(error).__name__)
                return
            answers.append(status)

    callers = [threading.Thread(target=keep_calling, args=(lane,)) for lane in range(8)]
    for caller in callers:
        caller.start()
    wait_until(lambda: len(answers) > 50, 30, "tills are served")
    assert serving.stop() == 0, serving.words
    stop.set()
    for caller in callers:
        caller.join(30)
    recorded = answers.count(201)
    assert set(answers) <= {201, 503}
    # A connection may be closed between two requests of its till; what matters is below: nothing taken in was lost.
    assert installation.verify()["verified"]["purchases"] in range(recorded, recorded + len(broken) + 1)


def test_a_second_ctrl_c_does_not_wait_for_what_hangs(installation: Installation) -> None:
    serving = installation.serve()
    # A batch that waits for a lock keeps the drain from ending.
    with contextlib.closing(installation.connect("enishi_owner")) as blocker:
        blocker.execute("begin")
        blocker.execute("lock table purchases.purchases in share mode")
        hanging = threading.Thread(target=_call_and_expect_nothing, args=(installation,))
        hanging.start()
        time.sleep(1.0)
        began = time.monotonic()
        serving.process.send_signal(signal.SIGINT)
        time.sleep(1.0)
        assert serving.process.poll() is None, "it waits for the answer that is due"
        assert serving.stop(signal.SIGINT, 15) == 0, serving.words
        assert time.monotonic() - began < 12
    hanging.join(30)
    installation.wait_for_no_process()


def _call_and_expect_nothing(installation: Installation) -> None:
    try:
        installation.post("/v1/purchases", receipt(1))
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        return


def test_a_database_that_can_not_be_kept_running_ends_the_server(installation: Installation) -> None:
    serving = installation.serve()
    # Without its data directory PostgreSQL can be started as often as one likes.
    installation.postmaster().kill()
    installation.cluster.rename(installation.cluster.with_name("gone"))
    assert serving.wait(120) == 1, serving.words
    assert "could not be kept running" in serving.words
    installation.wait_for_no_process()
