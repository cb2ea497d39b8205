"""A disk of a few megabytes, made of memory, that can be filled to the last byte and write-protected."""

from __future__ import annotations

import contextlib
import errno
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_BLOCK = b"\0" * 4_096


class SmallDisk:
    """A mounted disk."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filling = folder / "filling"

    def fill(self) -> None:
        """Leave no byte of room."""
        with self._filling.open("ab", buffering=0) as file, pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            while True:
                file.write(_BLOCK)

    def make_room(self) -> None:
        """Give all of it back."""
        self._filling.unlink()

    def write_protect(self) -> None:
        """Make it readable only."""
        subprocess.run(["mount", "-o", "remount,ro", self.folder], check=True)


@contextlib.contextmanager
def mount_small_disk(megabytes: int) -> Iterator[SmallDisk]:
    """A disk while the context lasts; skips the test where none can be mounted."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="enishi-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "enishi", folder], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        folder.rmdir()
        pytest.skip("this machine does not let root mount a small disk")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()
