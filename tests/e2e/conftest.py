"""Installations for tests that start the real command, kill it, and look at what is left."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from tests.e2e.disk import SmallDisk, mount_small_disk
from tests.e2e.installation import Installation

from enishi import access, audit, customers, program
from enishi.kit.database import open_database
from enishi.kit.vault import Keyring

_SCOPES = ("purchases:write", "points:read")


@pytest.fixture(scope="session")
def made_installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with a key file, a migrated database, a programme and an API key; nothing runs of it. Copy it."""
    data_dir = tmp_path_factory.mktemp("made") / "data"
    data_dir.mkdir(mode=0o700)
    master_key = secrets.token_bytes(32)
    (data_dir / "master.key").write_bytes(base64.b64encode(master_key))
    with open_database(data_dir, environ={}) as database, psycopg.connect(database.app_dsn) as conn:
        customers.check_master_key(conn, Keyring(master_key))
        begin = datetime(2020, 4, 1, tzinfo=UTC)
        program.publish_version(conn, program.default_settings(), begin, audit.SYSTEM, "opening", begin)
        _, api_key = access.create_key(conn, "till", _SCOPES, actor=audit.SYSTEM)
    return Installation(data_dir, api_key)


def copy_installation(made: Installation, data_dir: Path) -> Installation:
    """A copy with a life of its own. The owners of files are kept, which only ``cp -a`` does."""
    subprocess.run(["cp", "-a", "--sparse=auto", made.data_dir, data_dir], check=True)
    notes = data_dir / "postgres.json"
    # The remembered port is the original's; a copy chooses its own.
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"port": None}), encoding="utf-8")
    return Installation(data_dir, made.api_key)


@pytest.fixture
def installation(made_installation: Installation, tmp_path: Path) -> Iterator[Installation]:
    """An installation of the test's own. Whatever still runs of it at the end is killed."""
    copied = copy_installation(made_installation, tmp_path / "data")
    yield copied
    copied.kill_everything()
    shutil.rmtree(copied.data_dir, ignore_errors=True)


@pytest.fixture
def small_disk() -> Iterator[SmallDisk]:
    """A disk of 160 MB: room for an installation, and soon filled."""
    with mount_small_disk(160) as disk:
        yield disk


@pytest.fixture
def on_small_disk(made_installation: Installation, small_disk: SmallDisk) -> Iterator[Installation]:
    """An installation on a disk of its own, to fill or to write-protect."""
    copied = copy_installation(made_installation, small_disk.folder / "data")
    yield copied
    copied.kill_everything()
