"""The batcher: who shares a batch, who is answered what, and what happens at its limits."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future

import pytest

from enishi.kit.batcher import Batcher, BatchReport
from enishi.kit.errors import Conflict, Overloaded, Unavailable


class Gate:
    """A handler that doubles numbers, but holds each batch until it is opened."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.entered = threading.Semaphore(0)
        self.open = threading.Semaphore(0)

    def __call__(self, items: list[int]) -> list[int | Exception]:
        self.batches.append(items)
        self.entered.release()
        assert self.open.acquire(timeout=10)
        return [item * 2 for item in items]


def doubling(items: list[int]) -> list[int | Exception]:
    return [item * 2 for item in items]


def results(futures: list[Future[int]]) -> list[int]:
    return [future.result(timeout=10) for future in futures]


def test_a_lone_call_is_handled_at_once_as_a_batch_of_one() -> None:
    gate = Gate()
    with Batcher(gate) as batcher:
        future = batcher.submit(21)
        assert gate.entered.acquire(timeout=10)
        gate.open.release()
        assert future.result(timeout=10) == 42
    assert gate.batches == [[21]]


def fill_one_worker(batcher: Batcher[int, int], gate: Gate, size: int) -> list[Future[int]]:
    """Both workers held, then one of them let go with ``size`` items in hand and the other free with nothing queued."""
    futures = [batcher.submit(0)]
    assert gate.entered.acquire(timeout=10)
    futures.append(batcher.submit(0))
    assert gate.entered.acquire(timeout=10)
    futures += [batcher.submit(0) for _ in range(2 * size - 1)]
    gate.open.release()
    assert gate.entered.acquire(timeout=10)
    assert len(gate.batches[2]) == size
    return futures


def test_beside_a_batch_in_hand_a_worker_begins_when_as_many_have_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("enishi.kit.batcher._GATHER_SECONDS", 60.0)
    gate = Gate()
    with Batcher(gate, in_flight=2) as batcher:
        futures = fill_one_worker(batcher, gate, 3)
        # The other worker is let go: three are in hand and two wait, which is not enough yet.
        gate.open.release()
        futures[1].result(timeout=10)
        assert not gate.entered.acquire(timeout=0.1)
        futures.append(batcher.submit(7))
        assert gate.entered.acquire(timeout=10)
        assert gate.batches[3] == [0, 0, 7]
        for _ in range(2):
            gate.open.release()
        assert results(futures)[-1] == 14


def test_behind_a_batch_that_is_held_up_nobody_waits_for_company_for_long() -> None:
    gate = Gate()
    with Batcher(gate, in_flight=2) as batcher:
        futures = fill_one_worker(batcher, gate, 5)
        gate.open.release()
        assert gate.entered.acquire(timeout=10)
        assert [len(batch) for batch in gate.batches] == [1, 1, 5, 4]
        for _ in range(2):
            gate.open.release()
        assert results(futures) == [0] * 11


def test_what_gathers_while_the_workers_are_busy_is_shared_between_them() -> None:
    gate = Gate()
    with Batcher(gate, in_flight=2) as batcher:
        futures = [batcher.submit(0)]
        assert gate.entered.acquire(timeout=10)
        futures.append(batcher.submit(1))
        assert gate.entered.acquire(timeout=10)
        futures += [batcher.submit(number) for number in range(2, 11)]
        assert (batcher.waiting, batcher.in_hand) == (9, 2)
        gate.open.release()
        assert gate.entered.acquire(timeout=10)
        # Nine wait and one is in hand: half of the ten outstanding are taken, and the other worker finds the rest.
        assert gate.batches[2] == [2, 3, 4, 5, 6]
        for _ in range(8):
            gate.open.release()
        assert results(futures) == [number * 2 for number in range(11)]


def test_a_batch_never_exceeds_its_limit() -> None:
    gate = Gate()
    with Batcher(gate, max_batch=3, in_flight=1) as batcher:
        futures = [batcher.submit(0)]
        assert gate.entered.acquire(timeout=10)
        futures += [batcher.submit(number) for number in range(1, 8)]
        for _ in range(4):
            gate.open.release()
        assert results(futures) == [0, 2, 4, 6, 8, 10, 12, 14]
    assert [len(batch) for batch in gate.batches] == [1, 3, 3, 1]


def test_items_are_handled_in_the_order_of_their_arrival() -> None:
    gate = Gate()
    with Batcher(gate, in_flight=1) as batcher:
        futures = [batcher.submit(number) for number in range(50)]
        for _ in range(50):
            gate.open.release()
        results(futures)
    assert [item for batch in gate.batches for item in batch] == list(range(50))


def test_256_callers_on_an_event_loop_each_get_their_own_answer() -> None:
    async def scenario() -> None:
        with Batcher(doubling) as batcher:
            answers = await asyncio.gather(*(batcher.perform(number) for number in range(256)))
            assert answers == [number * 2 for number in range(256)]
            assert await batcher.drain() is True

    asyncio.run(scenario())


def test_an_outcome_that_is_an_exception_is_raised_at_its_own_caller_only() -> None:
    def refuse_odd(items: list[int]) -> list[int | Exception]:
        return [Conflict("odd", field="number") if item % 2 else item for item in items]

    async def scenario() -> list[int | BaseException]:
        with Batcher(refuse_odd) as batcher:
            return await asyncio.gather(*(batcher.perform(number) for number in range(4)), return_exceptions=True)

    answers = asyncio.run(scenario())
    assert answers[0::2] == [0, 2]
    assert [type(answer) for answer in answers[1::2]] == [Conflict, Conflict]


def test_a_full_queue_refuses_at_once_and_takes_nothing_in() -> None:
    gate = Gate()
    with Batcher(gate, in_flight=1, max_queue=2) as batcher:
        futures = [batcher.submit(0)]
        assert gate.entered.acquire(timeout=10)
        futures += [batcher.submit(1), batcher.submit(2)]
        with pytest.raises(Overloaded) as refused:
            batcher.submit(3)
        assert refused.value.extra["retry_after_seconds"] >= 1
        for _ in range(3):
            gate.open.release()
        assert results(futures) == [0, 2, 4]
    assert 3 not in [item for batch in gate.batches for item in batch]


def test_a_batch_that_fails_answers_each_caller_unavailable_and_the_worker_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def lose_the_connection_once() -> Callable[[list[int]], list[int | Exception]]:
        lost = threading.Event()

        def handle(items: list[int]) -> list[int | Exception]:
            if not lost.is_set():
                lost.set()
                raise ConnectionError("server closed the connection; detail: Key (phone)=(09012345678)")
            return doubling(items)

        return handle

    with Batcher(lose_the_connection_once(), in_flight=1) as batcher:
        with pytest.raises(Unavailable) as failed:
            batcher.submit(1).result(timeout=10)
        assert batcher.submit(2).result(timeout=10) == 4
    assert failed.value.extra["error_id"].startswith("err-")
    logged = "".join(capsys.readouterr())
    assert failed.value.extra["error_id"] in logged
    assert "09012345678" not in logged


def test_a_handler_that_loses_an_outcome_answers_nobody_with_a_neighbours() -> None:
    with Batcher(lambda items: items[1:], in_flight=1) as batcher, pytest.raises(Unavailable):
        batcher.submit(1).result(timeout=10)


def test_a_caller_that_goes_away_takes_nothing_back_and_disturbs_nobody() -> None:
    gate = Gate()

    async def scenario() -> int:
        batcher = Batcher(gate, in_flight=1)
        first = asyncio.ensure_future(batcher.perform(0))
        assert await asyncio.to_thread(gate.entered.acquire, timeout=10)
        leaving = asyncio.ensure_future(batcher.perform(1))
        staying = asyncio.ensure_future(batcher.perform(2))
        await asyncio.sleep(0)
        leaving.cancel()
        gate.open.release()
        gate.open.release()
        await first
        answer = await staying
        assert leaving.cancelled()
        await batcher.drain()
        return answer

    assert asyncio.run(scenario()) == 4
    assert [item for batch in gate.batches for item in batch] == [0, 1, 2]


def test_draining_answers_what_was_taken_in_and_refuses_what_comes_after() -> None:
    gate = Gate()

    async def scenario() -> None:
        batcher = Batcher(gate, in_flight=1)
        taken = [asyncio.ensure_future(batcher.perform(number)) for number in range(5)]
        assert await asyncio.to_thread(gate.entered.acquire, timeout=10)
        draining = asyncio.ensure_future(batcher.drain())
        await asyncio.sleep(0.05)
        with pytest.raises(Unavailable):
            await batcher.perform(99)
        for _ in range(5):
            gate.open.release()
        assert await draining is True
        assert [task.result() for task in taken] == [0, 2, 4, 6, 8]

    asyncio.run(scenario())
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("batcher")]


def test_what_can_not_be_drained_in_time_is_answered_and_was_not_handled() -> None:
    gate = Gate()
    batcher = Batcher(gate, in_flight=1)
    begun = batcher.submit(0)
    assert gate.entered.acquire(timeout=10)
    queued = batcher.submit(1)
    assert batcher.close(timeout_seconds=0.05) is False
    with pytest.raises(Unavailable):
        queued.result(timeout=10)
    gate.open.release()
    assert begun.result(timeout=10) == 0
    assert gate.batches == [[0]]


def test_an_event_loop_that_has_closed_does_not_stop_the_worker() -> None:
    gate = Gate()
    batcher = Batcher(gate, in_flight=1)

    async def hand_in_and_leave() -> None:
        task = asyncio.ensure_future(batcher.perform(1))
        assert await asyncio.to_thread(gate.entered.acquire, timeout=10)
        task.cancel()

    asyncio.run(hand_in_and_leave())
    gate.open.release()
    gate.open.release()
    assert batcher.submit(2).result(timeout=10) == 4
    batcher.close()


def test_every_batch_is_reported() -> None:
    reports: list[BatchReport] = []
    with Batcher(doubling, in_flight=1, observe=reports.append) as batcher:
        batcher.submit(1).result(timeout=10)
    assert [(report.size, report.waiting, report.failed) for report in reports] == [(1, 0, False)]


@pytest.mark.parametrize("limits", [{"max_batch": 0}, {"in_flight": 0}, {"max_queue": 0}])
def test_limits_below_one_are_refused(limits: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Batcher(doubling, **limits)
