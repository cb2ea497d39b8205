"""The real HTTP server over an RSGI application, and a client that sends bytes as they are."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from granian.constants import Interfaces
from granian.server.embed import Server

from enishi.kit.rsgi import Application

Address = tuple[str, int]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _serve(server: Server, stop: threading.Event) -> None:
    serving_task = asyncio.create_task(server.serve())
    await asyncio.to_thread(stop.wait)
    server.stop()
    await asyncio.wait([serving_task])


@contextmanager
def serving(application: Application) -> Iterator[Address]:
    """Serve an application on a thread of its own until the end of the block."""
    place, stop = ("127.0.0.1", _free_port()), threading.Event()
    server = Server(
        application,
        address=place[0],
        port=place[1],
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
    )
    thread = threading.Thread(target=lambda: asyncio.run(_serve(server, stop)), name="http-server")
    thread.start()
    for _ in range(200):
        try:
            socket.create_connection(place, timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    try:
        yield place
    finally:
        stop.set()
        thread.join(30)


def converse(address: Address, *parts: bytes, pause_seconds: float = 0.0) -> bytes:
    """Send bytes as they are and read until the server has nothing more to say."""
    with socket.create_connection(address, timeout=10) as connection:
        for part in parts:
            connection.sendall(part)
            if pause_seconds:
                time.sleep(pause_seconds)
        connection.settimeout(4)
        heard = b""
        try:
            while chunk := connection.recv(65_536):
                heard += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return heard
