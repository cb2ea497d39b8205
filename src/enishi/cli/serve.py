"""``enishi serve``: one process beside PostgreSQL that answers machines and people."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Annotated, Final

import typer

from enishi.cli.failures import FAILED, CommandFailed
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, Installation, open_installation, read_settings
from enishi.cli.terminal import output
from enishi.kit.database import ServerEvent, open_pool
from enishi.kit.log import configure_logging, get_logger
from enishi.kit.settings import Settings

_POOL_SIZE: Final = 10
_log = get_logger("serve")

Port = Annotated[int | None, typer.Option("--port", "-p", help="Port to serve on. [default: ENISHI_PORT or 8480]")]
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on. [default: ENISHI_HOST or 127.0.0.1]")]


class Alarm:
    """Tells the serving loop, from another thread, that the embedded server can not be brought back."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._rung = False
        self._listener: Callable[[], None] | None = None

    def hear(self, event: ServerEvent) -> None:
        """Log what happened to the server; its end rings the alarm."""
        if event.kind == "restarted":
            _log.info("database restarted")
        else:
            _log.error(f"database {event.kind}", message=event.detail)
        if event.kind == "gave-up":
            with self._guard:
                self._rung = True
                listener = self._listener
            if listener is not None:
                listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when the alarm rings, or at once if it has."""
        with self._guard:
            self._listener = listener
            rung = self._rung
        if rung:
            listener()


def serve(data_dir: DataDir = DEFAULT_DATA_DIR, host: Host = None, port: Port = None) -> None:
    """Serve the gateway for machines and the console, counter and my page for people.

    Starts the embedded PostgreSQL of the data folder, or uses the server named by ENISHI_DATABASE_URL. Needs the
    master key in ENISHI_MASTER_KEY or in the data folder. SIGTERM and Ctrl-C stop everything in order: what was
    taken in is answered first; a second Ctrl-C does not wait for that. Logs are JSON lines on stderr.
    """
    from enishi.cli.hosting import require_free_port  # noqa: PLC0415 - see enishi.cli.application

    settings = read_settings(data_dir, host=host, port=port)
    configure_logging(settings.log_level)
    require_free_port(settings.host, settings.port)
    alarm = Alarm()
    with open_installation(settings, on_event=alarm.hear) as installation:
        exit_code = run_server(
            installation, alarm, lambda: output.print(f"Enishi serves {address_of(settings)}", soft_wrap=True)
        )
    if exit_code == FAILED:
        raise CommandFailed(
            "Enishi stopped because its database or its HTTP server could not be kept running.",
            "The log above and postgres.log in the data folder name the cause; start it again once that is cured.",
        )


def run_server(installation: Installation, alarm: Alarm, on_ready: Callable[[], None]) -> int:
    """Serve an open installation until it is told to stop; 0 for an orderly end, 1 for a forced one."""
    from enishi import gateway, web  # noqa: PLC0415 - see enishi.cli.application
    from enishi.cli.backtests import BacktestStarter  # noqa: PLC0415
    from enishi.cli.chores import running_chores  # noqa: PLC0415
    from enishi.cli.duties import duties  # noqa: PLC0415
    from enishi.cli.hosting import host_applications  # noqa: PLC0415
    from enishi.flows import PurchaseContext  # noqa: PLC0415

    settings = installation.settings
    context = PurchaseContext(installation.keyring)
    dsn = installation.database.app_dsn
    with (
        open_pool(dsn, 2, gateway.Limits().connections, name="gateway") as hot,
        open_pool(dsn, 1, _POOL_SIZE, generic_plans=False, name="pages") as pages,
        BacktestStarter(dsn, installation.keyring) as backtests,
        running_chores(pages, duties(pages, context, backtests)),
    ):
        applications = (gateway.create_app(hot, context, settings), web.create_app(pages, context, settings))
        return asyncio.run(host_applications(*applications, settings=settings, on_ready=on_ready, listen=alarm.listen))


def address_of(settings: Settings) -> str:
    """The address people open, for the host that is listened on."""
    host = "localhost" if settings.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else settings.host  # noqa: S104 - compared, not bound
    return f"http://{host}:{settings.port}"
