"""Data folders for tests that start, kill and break servers of their own."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enishi.kit.database import EmbeddedServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def made_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose cluster was made and bootstrapped once, and whose server was stopped. Copy it."""
    folder = tmp_path_factory.mktemp("made") / "data"
    with EmbeddedServer(folder, durable=False) as server:
        server.bootstrap()
    return folder


@pytest.fixture
def data_dir(made_folder: Path, tmp_path: Path) -> Path:
    """A data folder of the test's own, with a cluster in it. Its owners are kept, which only `cp -a` does."""
    copy = tmp_path / "data"
    subprocess.run(["cp", "-a", made_folder, copy], check=True)
    # The remembered port is the original's; a copy chooses its own.
    notes = copy / "postgres.json"
    notes.write_text(notes.read_text(encoding="utf-8").replace('"port": ', '"port": null, "was": '), encoding="utf-8")
    return copy


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool], float], None]:
    """Wait until a condition holds, or fail."""

    def wait(holds: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not holds():
            assert time.monotonic() < deadline, f"did not come true within {seconds} s"
            time.sleep(0.02)

    return wait


@contextmanager
def _mounted_memory(megabytes: int) -> Iterator[Path]:
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="enishi-disk-"))
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "enishi", folder], capture_output=True, check=False
    )
    if mount.returncode != 0:
        folder.rmdir()
        pytest.skip("this machine does not let root mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 30 MB, too small for a cluster. ``mount -o remount,size=…`` makes it grow."""
    with _mounted_memory(30) as folder:
        yield folder
