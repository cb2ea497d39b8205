"""The running demo with a small part of the real year, and a browser to look at it with.

A test module gets a server of its own on a copy of one seeded data folder: what a module does (lock a log-in, use up
one-time codes) does not reach the others. A module or test that wants another screen overrides ``viewport``.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, expect, sync_playwright

RECEIPTS = 1_500
READY_SECONDS = 120.0
STOP_SECONDS = 60.0

# A machine that runs other tests at the same time is slower than any member's phone.
expect.set_options(timeout=20_000)

_ENISHI = Path(sys.executable).with_name("enishi")
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@dataclass(frozen=True)
class LiveServer:
    """A serving demo: its address without a slash at the end, and its log-ins as ``enishi demo --json`` tells them."""

    url: str
    logins: list[dict[str, Any]]
    data_dir: Path

    def login(self, role: str) -> dict[str, Any]:
        """The log-in of a role: owner, marketer, store_manager, staff, auditor; or ``api_key``."""
        return next(one for one in self.logins if one["role"] == role)


@pytest.fixture(scope="session")
def seeded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a demo that was loaded and stopped. Copy it."""
    folder = tmp_path_factory.mktemp("seeded") / "data"
    subprocess.run(
        [_ENISHI, "demo", "--receipts", str(RECEIPTS), "--no-serve", "--data-dir", folder],
        check=True,
        timeout=600,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    return folder


@pytest.fixture(scope="module")
def live_server(seeded_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A demo that serves, for one module; stopped in order at its end."""
    data_dir = tmp_path_factory.mktemp("live") / "data"
    # The files keep their owners, which PostgreSQL insists on.
    subprocess.run(["cp", "-a", "--sparse=auto", seeded_folder, data_dir], check=True)
    notes = data_dir / "postgres.json"
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"port": None}), encoding="utf-8")
    port = _free_port()
    log = data_dir.with_name("log")
    with log.open("wb") as stderr:
        process = subprocess.Popen(
            [
                *(_ENISHI, "demo", "--json", "--receipts", str(RECEIPTS)),
                *("--port", str(port), "--data-dir", data_dir),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=stderr,
        )
    try:
        _wait_until_ready(process, port, log)
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield LiveServer(f"http://127.0.0.1:{port}", told["logins"], data_dir)
        process.terminate()
        assert process.wait(STOP_SECONDS) == 0, log.read_text(errors="replace")
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
        shutil.rmtree(data_dir, ignore_errors=True)


# Of one module, not of the session: Playwright keeps an event loop running in this thread for as long as it is open,
# and tests elsewhere that run a loop of their own would be refused it.
@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """The driver of the browser."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium, which calls nobody by itself."""
    if _CHROMIUM is None:
        pytest.skip("Chromium is not installed; bin/test installs it when it runs as root")
    launched = playwright.chromium.launch(
        executable_path=_CHROMIUM,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage"],
    )
    yield launched
    launched.close()


@pytest.fixture
def viewport() -> ViewportSize:
    """The screen: a desktop's, unless a module or test says otherwise."""
    return {"width": 1280, "height": 800}


@pytest.fixture
def page(browser: Browser, viewport: ViewportSize) -> Iterator[Page]:
    """A fresh page of a fresh profile, in Japan."""
    context = browser.new_context(viewport=viewport, locale="ja-JP", timezone_id="Asia/Tokyo")
    yield context.new_page()
    context.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text(errors="replace")
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5),
        ):
            return
        time.sleep(0.1)
    raise AssertionError(f"not ready within {READY_SECONDS:.0f} s: {log.read_text(errors='replace')}")
