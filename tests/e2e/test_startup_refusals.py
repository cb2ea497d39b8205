"""What keeps Enishi from starting is said in one sentence with its remedy; nothing is left running, nothing changed."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.e2e.disk import SmallDisk, mount_small_disk
from tests.e2e.installation import Installation, free_port, wait_until

from enishi.kit.database import EmbeddedServer

pytestmark = pytest.mark.slow

OTHER_KEY = base64.b64encode(b"k" * 32).decode()
Contents = dict[str, tuple[int, int, str]]


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        yield port


def _contents(folder: Path) -> Contents:
    """Mode, owner and digest of everything in a folder but the lock, in which the last owner's number stands."""
    found: Contents = {}
    for path in sorted(folder.rglob("*")):
        if path.name != "enishi.lock":
            state = path.lstat()
            digest = hashlib.blake2b(path.read_bytes()).hexdigest() if path.is_file() else ""
            found[str(path.relative_to(folder))] = (state.st_mode, state.st_uid, digest)
    return found


def _beside_the_server(contents: Contents) -> Contents:
    """Without what PostgreSQL writes whenever it runs, and the port it was given."""
    return {
        name: state
        for name, state in contents.items()
        if not name.startswith("postgres/cluster/") and name not in {"postgres.log", "postgres.json"}
    }


def _refusal(installation: Installation, *command: str, **environ: str) -> str:
    """Run a command that must be refused, and give what it said: a sentence, and mostly another with the remedy."""
    ended = installation.run(*(command or ("serve",)), **environ)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert ended.stdout == ""
    said = ended.stderr.splitlines()
    assert said[0].startswith("Error: "), ended.stderr
    assert [line[:2] for line in said[1:]] in ([], ["→ "]), ended.stderr
    assert installation.processes() == []
    return " ".join(line.removeprefix("Error: ").removeprefix("→ ") for line in said)


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_named_before_anything_is_started(
    installation: Installation, taken_port: int, command: str
) -> None:
    before = _contents(installation.data_dir)
    assert _refusal(installation, command, f"--port={taken_port}") == (
        f"Port {taken_port} on 127.0.0.1 is taken by another program. "
        "Stop that program, or choose another port with --port."
    )
    assert _contents(installation.data_dir) == before


def test_a_port_that_is_taken_while_the_database_starts_is_not_shared(installation: Installation) -> None:
    starting = installation.start()
    wait_until((installation.cluster / "postmaster.pid").exists, 30, "PostgreSQL is started")
    with socket.create_server(("127.0.0.1", installation.port), reuse_port=True):
        assert starting.wait() == 1
    assert starting.words == (
        f"Error: Port {installation.port} on 127.0.0.1 is taken by another program.\n"
        "→ Stop that program, or choose another port with --port.\n"
    )
    installation.wait_for_no_process()


def test_a_taken_database_port_is_exchanged_for_another(installation: Installation, taken_port: int) -> None:
    notes = installation.data_dir / "postgres.json"
    notes.write_text(json.dumps(json.loads(notes.read_text()) | {"port": taken_port}), encoding="utf-8")
    running = installation.serve()
    assert json.loads(notes.read_text())["port"] not in {taken_port, None}
    assert running.stop() == 0


def test_a_stale_pid_file_is_seen_through(installation: Installation) -> None:
    running = installation.serve()
    installation.postmaster().kill()
    running.kill()
    installation.wait_for_no_process()
    pid_file = installation.cluster / "postmaster.pid"
    stale = pid_file.read_text(encoding="ascii").splitlines()
    # PostgreSQL takes any living process of its own user, under the number in that file, for a server.
    owner = {"user": installation.cluster.stat().st_uid} if os.geteuid() == 0 else {}
    with subprocess.Popen(["sleep", "300"], **owner) as stranger:
        pid_file.write_text("\n".join([str(stranger.pid), *stale[1:]]) + "\n", encoding="ascii")
        running = installation.serve()
        assert stranger.poll() is None
        stranger.kill()
    assert running.stop() == 0
    assert not pid_file.exists()


@pytest.mark.parametrize("command", [("serve",), ("demo", "--no-serve")])
def test_a_disk_too_small_for_a_database_is_said_before_one_is_made(command: tuple[str, ...]) -> None:
    with mount_small_disk(30) as disk:
        (disk.folder / "master.key").write_text(OTHER_KEY, encoding="ascii")
        before = _contents(disk.folder)
        assert _refusal(Installation(disk.folder, ""), *command) == (
            f"The disk that holds the data folder {disk.folder} has only 29 MB free. "
            "Free some space there or choose a data folder on another disk, then start again; nothing was lost."
        )
        assert _contents(disk.folder) == before


def test_a_disk_that_has_filled_up_is_said_and_room_is_all_it_takes(
    on_small_disk: Installation, small_disk: SmallDisk
) -> None:
    small_disk.fill()
    before = _contents(on_small_disk.data_dir)
    assert _refusal(on_small_disk).startswith(
        f"The disk that holds the data folder {on_small_disk.data_dir} has only 0 MB free. Free some space there"
    )
    assert _contents(on_small_disk.data_dir) == before
    small_disk.make_room()
    assert on_small_disk.serve().stop() == 0


def test_a_folder_that_can_not_be_written_to_is_named(on_small_disk: Installation, small_disk: SmallDisk) -> None:
    small_disk.write_protect()
    before = _contents(on_small_disk.data_dir)
    for command in ("serve", "demo", "migrate"):
        assert _refusal(on_small_disk, command) == (
            f"The data folder {on_small_disk.data_dir} can not be written to (Read-only file system). "
            "Make it writable for the user that runs Enishi or choose another data folder."
        )
    assert _contents(on_small_disk.data_dir) == before


@pytest.mark.parametrize("where", ["environment", "file"])
def test_another_master_key_is_refused_and_the_right_one_still_works(installation: Installation, where: str) -> None:
    key_file = installation.data_dir / "master.key"
    right = key_file.read_text(encoding="ascii")
    if where == "file":
        key_file.write_text(OTHER_KEY, encoding="ascii")
    before = _beside_the_server(_contents(installation.data_dir))
    environ = {"ENISHI_MASTER_KEY": OTHER_KEY} if where == "environment" else {}
    for command in (("serve",), ("verify",)):
        assert _refusal(installation, *command, **environ) == (
            "The master key is not the one this database was set up with. "
            "Nothing was changed; start again with the original ENISHI_MASTER_KEY or key file."
        )
    assert _beside_the_server(_contents(installation.data_dir)) == before
    key_file.write_text(right, encoding="ascii")
    assert installation.verify()["ok"] is True


def test_a_missing_master_key_is_asked_for_before_the_database_is_started(installation: Installation) -> None:
    key_file = installation.data_dir / "master.key"
    key_file.unlink()
    before = _contents(installation.data_dir)
    said = _refusal(installation)
    assert said.startswith(f"There is no master key: set ENISHI_MASTER_KEY, or put the key into {key_file}. ")
    assert "A database that was used before opens with its own key only" in said
    assert _contents(installation.data_dir) == before


def test_the_demo_makes_no_second_key_for_a_database_that_has_one(installation: Installation) -> None:
    key_file = installation.data_dir / "master.key"
    key_file.unlink()
    assert _refusal(installation, "demo", "--no-serve").startswith("There is no master key: ")
    assert not key_file.exists()


@pytest.mark.parametrize("where", ["environment", "file"])
def test_what_is_no_key_at_all_is_said_to_be_none(installation: Installation, where: str) -> None:
    key_file = installation.data_dir / "master.key"
    origin, environ = "ENISHI_MASTER_KEY", {"ENISHI_MASTER_KEY": "secret"}
    if where == "file":
        key_file.write_text("secret", encoding="ascii")
        origin, environ = str(key_file), {}
    before = _contents(installation.data_dir)
    assert _refusal(installation, **environ) == (
        f"{origin} does not hold a master key: it must be 32 random bytes in base64, "
        "as 'openssl rand -base64 32' prints them."
    )
    assert _contents(installation.data_dir) == before


def test_a_folder_that_another_enishi_serves_is_left_alone(installation: Installation) -> None:
    running = installation.serve()
    for command in ("serve", "demo"):
        second = installation.run(command, f"--port={free_port()}")
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == (
            f"Error: Another Enishi (process {running.process.pid}) is running on the data folder "
            f"{installation.data_dir}.\n→ Stop that one first or choose another data folder.\n"
        )
    assert running.is_ready()
    assert running.stop() == 0
    installation.wait_for_no_process()


def test_a_database_newer_than_the_code_is_left_alone(installation: Installation) -> None:
    with EmbeddedServer(installation.data_dir) as server, psycopg.connect(server.dsn("enishi_owner")) as owner:
        owner.execute(
            "insert into public.schema_migrations (version, name, sha256) values (9999, 'later', repeat('0', 64))"
        )
    before = _beside_the_server(_contents(installation.data_dir))
    for command in (("serve",), ("migrate",), ("verify",)):
        assert _refusal(installation, *command) == (
            "The database is ahead of this Enishi: it has migration 9999_later, which the code does not. "
            "Run the newer version of Enishi that made it, or restore a backup from before."
        )
    assert _beside_the_server(_contents(installation.data_dir)) == before


def test_ctrl_c_while_it_starts_leaves_nothing_behind(installation: Installation) -> None:
    starting = installation.start()
    wait_until((installation.cluster / "postmaster.pid").exists, 30, "PostgreSQL is started")
    assert starting.stop(signal.SIGINT) == 128 + signal.SIGINT
    assert starting.words == ""
    installation.wait_for_no_process()
