"""``cpu.award``: where the time of a receipt goes, step by step in Python and statement by statement in the server.

All of it is timed from outside: a watch is put around the functions that the flow calls and around psycopg's. While it
is there, statements are sent one by one and not as a pipeline, so that the server's work can be told apart.
"""

from __future__ import annotations

import importlib
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from functools import lru_cache
from typing import Any
from unittest.mock import patch

import psycopg
from msgspec import json

from bench import cpu
from bench.figures import Figure
from bench.load import make_receipt, run_callers
from bench.stage import Stage
from enishi import flows
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.keyed import decode_keyed
from enishi.purchases import Purchase

NAME = "cpu.award"
_CALLERS = 256
_PARSED = 5_000
_WARM_UP_SECONDS = 2
_FLOW = "enishi.flows.record_purchases"
# Step, module, and what of it is called there once a receipt or once a batch. What a step asks the database is part of
# it: writing the parameters, sending the statement, reading what comes back.
_STEPS = (
    ("prepare", _FLOW, "prepare"),
    ("ask for known keys", "enishi.purchases", "ask_by_keys"),
    ("ask for the programme", "enishi.flows.context", "PurchaseContext.ask_versions"),
    ("ask for owners", "enishi.customers", "ask_owners"),
    ("resolve identifiers", "enishi.customers", "resolve_batch"),
    ("lock and read accounts", "enishi.ledger", "ask_locked_accounts"),
    ("decide", _FLOW, "_decide_batch"),
    ("write accounts and journal", "enishi.ledger", "write_postings"),
    ("write purchases", "enishi.purchases", "write_purchases"),
    ("write rank progress", "enishi.ranks", "advance_progress"),
    ("write outbox", _FLOW, "insert_events"),
    ("answer", _FLOW, "answer"),
)
_COMMIT = "commit"
_REST = "rest of the flow"
_VERB = re.compile(r"\b(?:select|insert|update|delete)\b")
_TABLE = re.compile(r"\b(?:into|update|from|join)\s+([a-z_]+\.[a-z_]+)")


class Watch:
    """Adds up nanoseconds over all threads: Python's CPU by step, each without the steps inside it; the server's CPU
    by statement; and by the clock how long was waited for commits.
    """

    def __init__(self) -> None:
        self.python: dict[str, int] = defaultdict(int)
        self.server: dict[str, int] = defaultdict(int)
        self.commits = 0
        self.waited = 0
        self._guard = threading.Lock()
        self._local = threading.local()

    @contextmanager
    def serve(self, conn: psycopg.Connection) -> Generator[None]:
        """Watch what this thread does on this connection."""
        self._local.backend = conn.info.backend_pid
        self._local.inner = [0]
        began = time.thread_time_ns()
        yield
        self._count(_REST, time.thread_time_ns() - began - self._local.inner.pop())

    @contextmanager
    def statement(self, name: str) -> Generator[None]:
        """Count what the server does meanwhile as part of this statement."""
        began = cpu.backend_nanoseconds(self._local.backend)
        try:
            yield
        finally:
            used = cpu.backend_nanoseconds(self._local.backend) - began
            with self._guard:
                self.server[name] += used

    @contextmanager
    def commit(self) -> Generator[None]:
        """Count a commit, and how long it was waited for."""
        began, began_python = time.perf_counter_ns(), time.thread_time_ns()
        with self.statement(_COMMIT):
            yield
        python = time.thread_time_ns() - began_python
        self._local.inner[-1] += python
        self._count(_COMMIT, python)
        with self._guard:
            self.commits += 1
            self.waited += time.perf_counter_ns() - began

    @property
    def serves(self) -> bool:
        """Whether this thread is being watched."""
        return hasattr(self._local, "backend")

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted as this step without the steps inside it. Lean, for it is called for every receipt."""
        local, thread_time_ns = self._local, time.thread_time_ns

        def watched(*arguments: Any, **named: Any) -> Any:
            inner: list[int] = local.inner
            inner.append(0)
            began = thread_time_ns()
            try:
                return function(*arguments, **named)
            finally:
                whole = thread_time_ns() - began
                nested = inner.pop()
                inner[-1] += whole
                self._count(name, whole - nested)

        return watched

    def _count(self, step: str, nanoseconds: int) -> None:
        with self._guard:
            self.python[step] += nanoseconds


@lru_cache(maxsize=256)
def name_statement(query: str) -> str:
    """What a statement does to which table, such as ``insert ledger.journal``."""
    verb = _VERB.search(query.lower())
    table = _TABLE.search(query.lower())
    does = query.split(maxsplit=1)[0].lower() if verb is None else verb[0]
    return does if table is None else f"{does} {table[1]}"


def measure_stages(stage: Stage, seconds: int) -> Iterator[Figure]:
    """Per receipt under the load of 256 callers: Python's CPU by step, the server's by statement, and the wait."""
    watch = Watch()
    with stage.open_installation("stages") as installation:
        stage.checkpoint()
        run_callers(installation, _CALLERS, _WARM_UP_SECONDS)
        parsed_us = _parse_us()
        with _watched(watch):
            began = time.process_time_ns()
            answered = run_callers(installation, _CALLERS, seconds).answered
            process = time.process_time_ns() - began
    yield _figure("python", "parse the request", parsed_us)
    for name in (*(name for name, _, _ in _STEPS), _COMMIT, _REST):
        yield _figure("python", name, watch.python[name] / answered / 1e3)
    yield _figure("python", "callers and batcher", (process - sum(watch.python.values())) / answered / 1e3)
    for name, used in sorted(watch.server.items(), key=lambda item: -item[1]):
        yield _figure("server", name, used / answered / 1e3)
    yield Figure(f"{NAME}.batch", answered / watch.commits, "receipts")
    yield Figure(f"{NAME}.batch.commit", watch.waited / watch.commits / 1e6, "ms")


def _send_at_once(_: psycopg.Connection) -> nullcontext[None]:
    """What stands in for a pipeline."""
    return nullcontext()


def _figure(where: str, step: str, microseconds: float) -> Figure:
    return Figure(f"{NAME}.{where}.{step.replace(' ', '_')}", microseconds, "µs/receipt")


def _parse_us() -> float:
    """What the gateway takes to turn a request's body into a purchase."""
    body = json.encode(make_receipt("B0000-000-000000", "BENCH0000000000"))
    decoder = BodyDecoder(Purchase)
    began = time.process_time()
    for _ in range(_PARSED):
        decode_keyed(decoder, body, None)
    return (time.process_time() - began) / _PARSED * 1e6


@contextmanager
def _watched(watch: Watch) -> Generator[None]:
    """Put the watch around the steps while the context lasts."""
    record = flows.record_purchases
    transaction = psycopg.Connection.transaction
    execute: Any = psycopg.Cursor.execute

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
            with watch.commit():
                entered.__exit__(None, None, None)

    def watched_execute(cursor: psycopg.Cursor[Any], query: Any, *arguments: Any, **named: Any) -> Any:
        if not watch.serves or not isinstance(query, str):
            return execute(cursor, query, *arguments, **named)
        with watch.statement(name_statement(query)):
            return execute(cursor, query, *arguments, **named)

    with ExitStack() as patches:
        for name, module, attribute in _STEPS:
            holder, _, last = f".{attribute}".rpartition(".")
            owner: Any = importlib.import_module(module)
            for part in filter(None, holder.split(".")):
                owner = getattr(owner, part)
            patches.enter_context(patch.object(owner, last, watch.wrap(name, getattr(owner, last))))
        patches.enter_context(patch.object(flows, "record_purchases", watched_record))
        patches.enter_context(patch.object(psycopg.Connection, "transaction", watched_transaction))
        patches.enter_context(patch.object(psycopg.Cursor, "execute", watched_execute))
        patches.enter_context(patch.object(psycopg.Connection, "pipeline", _send_at_once))
        yield
