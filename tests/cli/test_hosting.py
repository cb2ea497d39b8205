"""One port for two applications, and their lifespans."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from enishi.cli.failures import CommandFailed
from enishi.cli.hosting import Lifespan, compose, require_free_port

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Recorder:
    """An application that notes the paths it is asked for; as a gateway it owns /v1."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def owns(self, path: str) -> bool:
        return path.startswith("/v1/")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        del receive, send
        self.paths.append(scope["path"])


async def _nothing() -> Message:
    return {}


async def _ignore(_: Message) -> None:
    return


def test_machines_paths_go_to_the_gateway_and_all_others_to_the_pages() -> None:
    gateway, web = Recorder(), Recorder()
    application = compose(gateway, web)
    for path in ("/v1/purchases", "/", "/console/", "/v1x"):
        asyncio.run(application({"type": "http", "path": path}, _nothing, _ignore))
    assert gateway.paths == ["/v1/purchases"]
    assert web.paths == ["/", "/console/", "/v1x"]


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
