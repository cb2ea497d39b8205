"""Under load, without a database, while stopping, and when something goes wrong inside."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psycopg
import pytest
from psycopg_pool import ConnectionPool
from tests.gateway.client import Api, Till, assert_problem
from tests.gateway.conftest import MakeGateway

from enishi.flows import PurchaseContext
from enishi.gateway import Gateway, Limits, create_app
from enishi.kit.database import Database, open_pool
from enishi.kit.settings import Settings

LANES = ("purchases-", "bulk-", "reads-")


@contextmanager
def locked_accounts(database: Database, customer_id: str) -> Iterator[None]:
    """Hold a customer's account, so that whoever wants it waits."""
    with psycopg.connect(database.app_dsn) as holder:
        holder.execute("select from ledger.accounts where customer_id = %s for update", (customer_id,))
        yield


async def until_queue(api: Api, lane: str, *, in_hand: int, waiting: int) -> None:
    """Wait until so many requests are being worked on in a lane, and so many wait for that."""
    shown = {f'enishi_queue_in_hand{{lane="{lane}"}} {in_hand}.0', f'enishi_queue_waiting{{lane="{lane}"}} {waiting}.0'}
    for _ in range(500):
        if shown <= set((await api.send("GET", "/metrics", key=None)).text.splitlines()):
            return
        await asyncio.sleep(0.01)
    pytest.fail(f"never were {in_hand} in hand and {waiting} waiting in {lane}")


@pytest.fixture
def narrow(make_gateway: MakeGateway, key: str) -> Iterator[Api]:
    """A gateway with one worker a lane and room for two more requests."""
    limits = Limits(
        max_batch=1, purchase_workers=1, purchase_queue=2, bulk_workers=1, bulk_queue=2, read_workers=1, read_queue=2
    )
    with Api(make_gateway(limits), key) as client:
        yield client


def test_what_can_not_wait_is_refused_at_once_and_changes_nothing(narrow: Api, till: Till, database: Database) -> None:
    card = till.new_card()
    customer_id = till.ring_up(till.receipt(card=card))["customer_id"]
    held = [till.receipt(card=card) for _ in range(3)]
    refused = till.receipt(card=card)

    async def scenario() -> list[httpx.Response]:
        await narrow.send("GET", "/readyz", key=None)
        await narrow.send("POST", "/v1/purchases", json=till.receipt())
        with locked_accounts(database, customer_id):
            # The first must have left the queue, or there is no room in it for the third.
            waiting = [asyncio.ensure_future(narrow.send("POST", "/v1/purchases", json=held[0]))]
            await until_queue(narrow, "purchases", in_hand=1, waiting=0)
            waiting += [asyncio.ensure_future(narrow.send("POST", "/v1/purchases", json=one)) for one in held[1:]]
            await until_queue(narrow, "purchases", in_hand=1, waiting=2)
            answered = await narrow.send("POST", "/v1/purchases", json=refused)
            reading = await narrow.send("GET", f"/v1/customers/{customer_id}/points")
            assert reading.status_code == 200
        return [answered, *await asyncio.gather(*waiting)]

    answered, *others = narrow.run(scenario())
    document = assert_problem(answered, 429, "overloaded")
    assert int(answered.headers["retry-after"]) == document["retry_after_seconds"] >= 1
    assert [other.status_code for other in others] == [201, 201, 201]
    assert till.recorded(refused) == []
    assert [len(till.recorded(one)) for one in held] == [1, 1, 1]


def test_stopping_answers_what_was_taken_in_and_refuses_what_comes_after(
    make_gateway: MakeGateway, key: str, till: Till, database: Database
) -> None:
    card = till.new_card()
    customer_id = till.ring_up(till.receipt(card=card))["customer_id"]
    before = {thread for thread in threading.enumerate() if thread.name.startswith(LANES)}
    taken = [till.receipt(card=card) for _ in range(5)]
    late = till.receipt(card=card)

    async def scenario(api: Api) -> None:
        await api.send("POST", "/v1/purchases", json=till.receipt())
        with locked_accounts(database, customer_id):
            waiting = [asyncio.ensure_future(api.send("POST", "/v1/purchases", json=one)) for one in taken]
            await asyncio.sleep(0.2)
            draining = asyncio.ensure_future(api.gateway.drain())
            await asyncio.sleep(0.1)
            refused = await api.send("POST", "/v1/purchases", json=late)
            ready = await api.send("GET", "/readyz", key=None)
            healthy = await api.send("GET", "/healthz", key=None)
        assert [one.status_code for one in await asyncio.gather(*waiting)] == [201] * 5
        assert await draining is True
        for response in (refused, ready):
            assert_problem(response, 503, "unavailable")
            assert int(response.headers["retry-after"]) >= 1
            assert response.headers["connection"] == "close"
        assert healthy.status_code == 200

    with Api(make_gateway(Limits()), key) as api:
        api.run(scenario(api))
    assert till.recorded(late) == []
    assert [len(till.recorded(one)) for one in taken] == [1] * 5
    assert {thread for thread in threading.enumerate() if thread.name.startswith(LANES)} == before


def test_a_caller_who_leaves_takes_nothing_back(api: Api, till: Till, database: Database) -> None:
    card = till.new_card()
    customer_id = till.ring_up(till.receipt(card=card))["customer_id"]
    receipt = till.receipt(card=card)

    async def scenario() -> None:
        with locked_accounts(database, customer_id):
            request = asyncio.ensure_future(api.send("POST", "/v1/purchases", json=receipt))
            await asyncio.sleep(0.2)
            request.cancel()
            await asyncio.sleep(0)
        for _ in range(500):
            if till.recorded(receipt):
                return
            await asyncio.sleep(0.01)

    api.run(scenario())
    assert len(till.recorded(receipt)) == 1
    assert till.ring_up(receipt)["replayed"] is True


def test_a_batch_whose_connection_is_cut_is_answered_503_and_can_be_sent_again(
    api: Api, till: Till, database: Database, admin_conn: psycopg.Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    card = till.new_card()
    customer_id = till.ring_up(till.receipt(card=card))["customer_id"]
    receipt = till.receipt(card=card)

    async def scenario() -> httpx.Response:
        with locked_accounts(database, customer_id):
            request = asyncio.ensure_future(api.send("POST", "/v1/purchases", json=receipt))
            await asyncio.sleep(0.3)
            cut = admin_conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type = 'Lock'"
            ).fetchall()
            assert cut == [(True,)]
            return await request

    document = assert_problem(api.run(scenario()), 503, "unavailable")
    assert document["error_id"] in capfd.readouterr().out
    assert till.recorded(receipt) == []
    assert till.ring_up(receipt)["replayed"] is False


def test_without_a_database_everything_is_503_and_the_process_is_still_up(
    database: Database, context: PurchaseContext, key: str, till: Till, tmp_path: object
) -> None:
    pool: ConnectionPool[psycopg.Connection] = open_pool(database.app_dsn, 1, Limits().connections)
    pool.close()
    with Api(create_app(pool, context, Settings(data_dir=tmp_path)), key) as api:  # type: ignore[arg-type]
        assert_problem(api.post("/v1/purchases", till.receipt()), 503, "unavailable")
        assert_problem(api.get("/readyz"), 503, "unavailable")
        assert api.get("/healthz").json() == {"status": "ok"}


def test_what_nobody_foresaw_is_answered_with_an_id_and_nothing_else(
    make_gateway: MakeGateway, key: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("Key (email)=(hanako@example.jp) in /srv/secret.py")

    monkeypatch.setattr("enishi.gateway.customers.customers.find_by_identifiers", fail)
    with Api(make_gateway(Limits()), key) as api:
        answered = api.post("/v1/identifiers:lookup", {"identifiers": [{"kind": "card", "value": "1"}]})
    document = assert_problem(answered, 500, "internal-error")
    logged = capfd.readouterr().out
    assert document["error_id"] in logged
    assert "RuntimeError" in logged
    for text in (answered.text, logged):
        assert "hanako" not in text
        assert "secret" not in text


def test_metrics_count_requests_refusals_batches_and_points(make_gateway: MakeGateway, key: str, till: Till) -> None:
    card = till.new_card()
    receipt = till.receipt(card=card)
    with Api(make_gateway(Limits()), key) as api:
        api.post("/v1/purchases", receipt)
        api.post("/v1/purchases", receipt)
        api.post("/v1/purchases", till.receipt(card=card, points_to_use=4))
        api.post("/v1/purchases", till.receipt(channel="fax"))
        api.post("/v1/purchases:batch", {"purchases": [till.receipt(card=card), till.receipt(channel="fax")]})
        api.get("/nowhere")
        answered = api.get("/metrics", key=None)
    assert answered.headers["content-type"].startswith("text/plain")
    lines = set(answered.text.splitlines())
    assert lines >= {
        'enishi_http_requests_total{route="/v1/purchases",status="201"} 2.0',
        'enishi_http_requests_total{route="/v1/purchases",status="200"} 1.0',
        'enishi_http_requests_total{route="/v1/purchases",status="422"} 1.0',
        'enishi_http_requests_total{route="unmatched",status="404"} 1.0',
        'enishi_http_request_seconds_count{route="/v1/purchases:batch"} 1.0',
        'enishi_refusals_total{code="invalid-request"} 2.0',
        'enishi_refusals_total{code="not-found"} 1.0',
        "enishi_purchases_total 3.0",
        "enishi_points_earned_total 29.0",
        "enishi_points_used_total 4.0",
        "enishi_batch_items_count 3.0",
        'enishi_queue_waiting{lane="purchases"} 0.0',
    }


def test_a_lifespan_ends_with_everything_answered(make_gateway: MakeGateway) -> None:
    gateway: Gateway = make_gateway(Limits())
    sent: list[str] = []

    async def scenario() -> None:
        messages = iter([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])

        async def receive() -> dict[str, str]:
            return next(messages)

        async def send(message: dict[str, str]) -> None:
            sent.append(message["type"])

        await gateway({"type": "lifespan"}, receive, send)  # type: ignore[arg-type]

    asyncio.run(scenario())
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("/v1/purchases", True), ("/v1/nowhere", True), ("/v1", True), ("/healthz", True), ("/metrics", True),
        ("/", False), ("/v1x", False), ("/api/session", False), ("/healthz/", False), ("/console/v1/", False),
    ],
)  # fmt: skip
def test_it_knows_its_own_paths(api: Api, path: str, owned: bool) -> None:
    assert api.gateway.owns(path) is owned


def test_a_websocket_is_closed(api: Api) -> None:
    sent: list[dict[str, object]] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    api.run(api.gateway({"type": "websocket", "path": "/v1/purchases"}, None, send))  # type: ignore[arg-type]
    assert sent == [{"type": "websocket.close", "code": 1003}]
