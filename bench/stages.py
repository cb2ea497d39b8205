"""``cpu.award``: where the time of a receipt goes, step by step of the write path, in Python and in the server.

The steps are timed from outside, by putting a watch around the functions that the flow calls. Statements are sent one
by one here, not as a pipeline, so that what the server spends can be told apart by step.
"""

from __future__ import annotations

import importlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import psycopg
from msgspec import Struct, json

from bench import cpu
from bench.figures import Figure
from bench.load import make_receipt, run_callers
from bench.stage import Installation, Stage
from enishi import flows
from enishi.gateway.purchases import decode_purchase

NAME = "cpu.award"
_CALLERS = 256
_PARSED = 5_000
_WARM_UP_SECONDS = 2
_FLOW = "enishi.flows.record_purchases"
# Step, module, attribute in it: what is called there once a receipt or once a batch.
_STEPS = (
    ("prepare", _FLOW, "prepare"),
    ("known keys", "enishi.purchases", "find_by_keys"),
    ("programme", "enishi.flows.context", "PurchaseContext.versions"),
    ("look-up", "enishi.customers", "resolve_batch"),
    ("lock and read", "enishi.ledger", "lock_accounts"),
    ("decide", _FLOW, "_decide_batch"),
    ("write accounts", "enishi.ledger.queries", "update_accounts"),
    ("write journal", "enishi.ledger.queries", "insert_entries"),
    ("write purchases", "enishi.purchases", "write_purchases"),
    ("write rank progress", "enishi.ranks", "advance_progress"),
    ("write outbox", _FLOW, "insert_events"),
    ("answer", _FLOW, "answer"),
)
_COMMIT = "commit"
_REST = "rest of the flow"


class Spent(Struct):
    """What one step has used, in nanoseconds: Python's CPU, the server's, and time by the clock."""

    python: int = 0
    server: int = 0
    elapsed: int = 0


class Watch:
    """Adds up what steps use, each without the steps inside it. Knows the connection each thread works on."""

    def __init__(self) -> None:
        self.spent: dict[str, Spent] = defaultdict(Spent)
        self._guard = threading.Lock()
        self._local = threading.local()

    @contextmanager
    def serve(self, conn: psycopg.Connection) -> Generator[None]:
        """Take the server's CPU of this thread's steps from this connection."""
        self._local.backend = conn.info.backend_pid
        self._local.inner = [Spent()]
        with self.step(_REST):
            yield

    @contextmanager
    def step(self, name: str) -> Generator[None]:
        """Count what happens inside as part of this step."""
        inner: list[Spent] = self._local.inner
        began = self._read()
        inner.append(Spent())
        try:
            yield
        finally:
            ended = self._read()
            nested, outer = inner.pop(), inner[-1]
            whole = Spent(*(after - before for after, before in zip(ended, began, strict=True)))
            with self._guard:
                _add(self.spent[name], whole)
                _subtract(self.spent[name], nested)
            _add(outer, whole)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted as this step."""

        def watched(*arguments: Any, **named: Any) -> Any:
            with self.step(name):
                return function(*arguments, **named)

        return watched

    def _read(self) -> tuple[int, int, int]:
        return time.thread_time_ns(), cpu.backend_nanoseconds(self._local.backend), time.perf_counter_ns()


def _add(total: Spent, part: Spent) -> None:
    total.python += part.python
    total.server += part.server
    total.elapsed += part.elapsed


def _subtract(total: Spent, part: Spent) -> None:
    total.python -= part.python
    total.server -= part.server
    total.elapsed -= part.elapsed


def measure_stages(stage: Stage, seconds: int) -> Iterator[Figure]:
    """Per receipt under the load of 256 callers: CPU of each step in Python and in the server, and the wait for commit."""
    watch = Watch()
    with stage.open_installation("stages") as installation:
        stage.checkpoint()
        run_callers(installation, _CALLERS, _WARM_UP_SECONDS)
        parsed_us = _parse_us()
        with _watched(watch):
            began = time.process_time()
            answered = run_callers(installation, _CALLERS, seconds).answered
            process = time.process_time() - began
    steps = [*(name for name, _, _ in _STEPS), _COMMIT, _REST]
    yield _figure("python", "parse the request", parsed_us)
    for name in steps:
        yield _figure("python", name, watch.spent[name].python / answered / 1e3)
    rest = process * 1e6 - sum(one.python for one in watch.spent.values()) / 1e3
    yield _figure("python", "callers and batcher", rest / answered)
    for name in steps:
        if watch.spent[name].server:
            yield _figure("server", name, watch.spent[name].server / answered / 1e3)
    waited = watch.spent[_COMMIT].elapsed - watch.spent[_COMMIT].python - watch.spent[_COMMIT].server
    yield _figure("waiting", "for the commit's flush", waited / answered / 1e3)


def _figure(where: str, step: str, microseconds: float) -> Figure:
    return Figure(f"{NAME}.{where}.{step.replace(' ', '_')}", microseconds, "µs/receipt")


def _parse_us() -> float:
    """What the gateway takes to turn a request's body into a purchase."""
    body = json.encode(make_receipt("B0000-000-000000", "BENCH0000000000"))
    began = time.process_time()
    for _ in range(_PARSED):
        decode_purchase(body, None)
    return (time.process_time() - began) / _PARSED * 1e6


@contextmanager
def _watched(watch: Watch) -> Iterator[None]:
    """Put the watch around the steps while the context lasts."""
    record = flows.record_purchases
    transaction = psycopg.Connection.transaction

    def watched_record(conn: psycopg.Connection, *arguments: Any) -> Any:
        with watch.serve(conn):
            return record(conn, *arguments)

    @contextmanager
    def watched_transaction(conn: psycopg.Connection, *arguments: Any, **named: Any) -> Generator[Any]:
        entered = transaction(conn, *arguments, **named)
        opened = entered.__enter__()
        try:
            yield opened
        except BaseException as error:
            if not entered.__exit__(type(error), error, error.__traceback__):
                raise
        else:
            with watch.step(_COMMIT):
                entered.__exit__(None, None, None)

    with ExitStack() as patches:
        for name, module, attribute in _STEPS:
            holder, _, last = f".{attribute}".rpartition(".")
            owner: Any = importlib.import_module(module)
            for part in filter(None, holder.split(".")):
                owner = getattr(owner, part)
            patches.enter_context(patch.object(owner, last, watch.wrap(name, getattr(owner, last))))
        patches.enter_context(patch.object(flows, "record_purchases", watched_record))
        patches.enter_context(patch.object(psycopg.Connection, "transaction", watched_transaction))
        patches.enter_context(patch.object(psycopg.Connection, "pipeline", lambda _: nullcontext()))
        yield
