"""Serving: the gateway for machines and the pages for people behind one port, in one event loop of one process.

Order of an orderly stop: the gateway stops taking in and answers what it has taken in; then the HTTP server closes;
then the applications' lifespans end; then whoever called closes pools and database. A second signal skips the waiting.
"""

from __future__ import annotations

import asyncio
import errno
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from types import FrameType
from typing import Any, Final, Protocol, cast

from granian.constants import Interfaces
from granian.server.embed import Server

from enishi.cli.asgi import AsgiApplication, AsgiScope, Receive, Send, over_rsgi
from enishi.cli.failures import CommandFailed
from enishi.kit.log import configure_logging, get_logger
from enishi.kit.rsgi import Application, Exchange, Scope
from enishi.kit.settings import Settings

DRAIN_SECONDS: Final = 20.0
_CLOSE_SECONDS: Final = 5.0
_log = get_logger("serve")


class Gateway(Protocol):
    """The application for machines, which knows its own paths."""

    def owns(self, path: str) -> bool:
        """Whether requests for ``path`` are its to answer."""
        ...

    def __rsgi__(self, scope: Scope, exchange: Exchange) -> Awaitable[None]:
        """Serve one request."""
        ...

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        """Live through the lifespan."""
        ...


def compose(gateway: Gateway, web: AsgiApplication) -> Application:
    """One application out of two: machines' paths go to ``gateway``, all others to ``web``."""
    pages = over_rsgi(web)

    def application(scope: Scope, exchange: Exchange) -> Awaitable[None]:
        return gateway.__rsgi__(scope, exchange) if gateway.owns(scope.path) else pages(scope, exchange)

    return application


class Lifespan:
    """The lifespan of one application, begun and ended when we say so rather than when the HTTP server does."""

    def __init__(self, application: AsgiApplication) -> None:
        self._application = application
        self._messages: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._heard: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Start up. An application that knows no lifespan is fine; what one raises instead of starting is raised."""
        self._task = asyncio.create_task(self._run())
        await self._messages.put({"type": "lifespan.startup"})
        heard = await self._heard.get()
        if heard != "lifespan.startup.complete":
            await self._task
        if heard == "lifespan.startup.failed":
            raise RuntimeError("an application refused to start")

    async def end(self) -> None:
        """Shut down, if it started."""
        if self._task is None or self._task.done():
            return
        await self._messages.put({"type": "lifespan.shutdown"})
        await self._heard.get()
        await self._task

    async def _run(self) -> None:
        async def send(message: MutableMapping[str, Any]) -> None:
            await self._heard.put(message["type"])

        try:
            await self._application({"type": "lifespan", "asgi": {"version": "3.0"}}, self._messages.get, send)
        finally:
            await self._heard.put("ended")


def require_free_port(host: str, port: int) -> None:
    """Refuse an address that can not be listened on, before anything is started for it.

    The HTTP server itself would share the port with another program of its kind and get half of the requests.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise CommandFailed(
                f"Port {port} on {host} is taken by another program.",
                "Stop that program, or choose another port with --port.",
            ) from error
        if error.errno == errno.EACCES:
            raise CommandFailed(
                f"Port {port} on {host} may not be used by this user.", "Choose a port above 1023 with --port."
            ) from error
        raise CommandFailed(
            f"{host} is not an address of this machine.", "Choose another with --host; 127.0.0.1 always works."
        ) from error


async def host_applications(
    gateway: Gateway,
    web: AsgiApplication,
    *,
    settings: Settings,
    on_ready: Callable[[], None],
    listen: Callable[[Callable[[], None]], None],
) -> int:
    """Serve until SIGTERM or SIGINT, then stop in order; the exit code is 0, or 1 for any other end.

    ``listen`` is given what to call, from whichever thread, when serving has become pointless.
    """
    loop = asyncio.get_running_loop()
    stop, hurry, failed = asyncio.Event(), asyncio.Event(), asyncio.Event()
    listen(lambda: loop.call_soon_threadsafe(failed.set) and None)

    def interrupt(number: int) -> None:
        if stop.is_set():
            hurry.set()
        else:
            _log.info("stopping", signal=signal.Signals(number).name)
            stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, interrupt, number)
    # Once more: another program may have taken the port while the database was started.
    require_free_port(settings.host, settings.port)
    lifespans = [Lifespan(gateway), Lifespan(web)]
    for lifespan in lifespans:
        await lifespan.begin()
    server = Server(
        compose(gateway, web),
        address=settings.host,
        port=settings.port,
        interface=Interfaces.RSGI,
        websockets=False,
        log_enabled=False,
        backlog=1024,
    )
    # Granian sets up logging for itself when it is constructed; its lines are to be written as all others are.
    configure_logging(settings.log_level)
    serving = asyncio.create_task(server.serve())
    try:
        await _until_listening(settings.host, settings.port, serving)
        on_ready()
        await _first(stop.wait(), failed.wait(), _settled(serving))
        # The gateway first: while it answers what it has taken in, the server must still be there to send the answers.
        await _unless(hurry, lifespans[0].end(), DRAIN_SECONDS)
    finally:
        server.stop()
        await _unless(hurry, _settled(serving), _CLOSE_SECONDS)
        await _unless(hurry, lifespans[1].end(), _CLOSE_SECONDS)
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
            # What follows, closing the database above all, must not be cut short by an impatient hand.
            signal.signal(number, _ignore)
    return 1 if failed.is_set() or not stop.is_set() else 0


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """What a signal does once everything is ending anyway."""


async def _until_listening(host: str, port: int, serving: asyncio.Task[None]) -> None:
    """Wait until a connection is accepted, so that what is announced as ready is ready."""
    while True:
        if serving.done():
            await serving
            raise RuntimeError("the HTTP server ended while starting")
        try:
            _, writer = await asyncio.open_connection(host if host not in {"0.0.0.0", "::"} else None, port)  # noqa: S104 - compared, not bound
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


async def _settled(task: asyncio.Task[None]) -> None:
    await asyncio.wait([task])


async def _first(*waits: Awaitable[Any]) -> None:
    tasks = [asyncio.ensure_future(cast("Any", wait)) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def _unless(hurry: asyncio.Event, wait: Awaitable[None], seconds: float) -> None:
    """Wait for an orderly end, but not when hurried, and not for ever."""
    task = asyncio.ensure_future(wait)
    try:
        await asyncio.wait_for(_first(asyncio.shield(task), hurry.wait()), seconds)
    except TimeoutError:
        _log.warning("an orderly end took too long", timeout_seconds=seconds)
    finally:
        task.cancel()
