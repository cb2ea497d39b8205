"""One port for two applications, and their lifespans."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest
from tests.kit.rsgi_server import converse, serving

from enishi.cli.failures import CommandFailed
from enishi.cli.hosting import Lifespan, compose, require_free_port
from enishi.kit.rsgi import Exchange, Scope

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Machines:
    """A gateway that owns /v1 and names the path it is asked for."""

    def owns(self, path: str) -> bool:
        return path.startswith("/v1/")

    async def __rsgi__(self, scope: Scope, exchange: Exchange) -> None:
        exchange.response_bytes(200, [], b"gateway " + scope.path.encode())

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        raise AssertionError(f"{(scope, receive, send)} came another way than requests do")


async def pages(scope: Message, receive: Receive, send: Send) -> None:
    """An application that names the path it is asked for."""
    del receive
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"pages " + scope["path"].encode()})


def test_machines_paths_go_to_the_gateway_and_all_others_to_the_pages() -> None:
    with serving(compose(Machines(), pages)) as address:
        heard = [
            converse(address, f"GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n".encode())
            for path in ("/v1/purchases", "/", "/console/", "/v1x")
        ]
    assert [answered.partition(b"\r\n\r\n")[2] for answered in heard] == [
        b"gateway /v1/purchases", b"pages /", b"pages /console/", b"pages /v1x",
    ]  # fmt: skip


def test_a_lifespan_is_begun_and_ended_when_we_say_so() -> None:
    heard: list[str] = []

    async def application(scope: Message, receive: Receive, send: Send) -> None:
        assert scope["type"] == "lifespan"
        for _ in range(2):
            message = await receive()
            heard.append(message["type"])
            await send({"type": f"{message['type']}.complete"})

    async def live() -> None:
        lifespan = Lifespan(application)
        await lifespan.begin()
        assert heard == ["lifespan.startup"]
        await lifespan.end()
        assert heard == ["lifespan.startup", "lifespan.shutdown"]

    asyncio.run(live())


def test_an_application_that_refuses_to_start_is_not_served() -> None:
    async def application(scope: Message, receive: Receive, send: Send) -> None:
        assert scope
        await receive()
        await send({"type": "lifespan.startup.failed", "message": "no"})

    with pytest.raises(RuntimeError, match="refused to start"):
        asyncio.run(Lifespan(application).begin())


def test_an_error_at_start_up_is_raised_as_it_is() -> None:
    async def application(scope: Message, receive: Receive, send: Send) -> None:
        assert scope
        assert receive
        assert send
        raise ValueError("at start-up")

    with pytest.raises(ValueError, match="at start-up"):
        asyncio.run(Lifespan(application).begin())


def test_a_taken_port_is_told_before_anything_is_started() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed, match=f"Port {port} on 127.0.0.1 is taken"):
            require_free_port("127.0.0.1", port)
    require_free_port("127.0.0.1", port)


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(CommandFailed, match=r"192\.0\.2\.1 is not an address of this machine"):
        require_free_port("192.0.2.1", 8480)
