"""A data folder that can not be used is refused in one sentence that says what to do, and is left as it was."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from enishi.kit.database import EmbeddedServer, StartupRefusal, folder


def _refusal(data_dir: Path) -> str:
    with pytest.raises(StartupRefusal) as refused, EmbeddedServer(data_dir, durable=False):
        pass
    sentence = str(refused.value)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def test_a_disk_too_small_for_a_new_cluster_is_refused_beforehand(small_disk: Path) -> None:
    assert _refusal(small_disk) == (
        f"The disk that holds the data folder {small_disk} has only 30 MB free: free some space there or choose a data"
        " folder on another disk, then start again; nothing was lost."
    )
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_while_the_cluster_is_made_is_refused_and_can_be_enlarged(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_ROOM_FOR_A_NEW_CLUSTER_BYTES", 0)
    assert _refusal(small_disk) == (
        f"The disk that holds the data folder {small_disk} has no room: free some space there or choose a data folder"
        " on another disk, then start again; nothing was lost."
    )
    assert not (small_disk / "postgres" / "cluster").exists()
    subprocess.run(["mount", "-o", "remount,size=300m", small_disk], check=True)
    with EmbeddedServer(small_disk, durable=False) as server:
        server.bootstrap()


def test_a_disk_filled_since_the_last_start_is_refused_and_nothing_is_lost(
    small_disk: Path, made_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    subprocess.run(["mount", "-o", "remount,size=300m", small_disk], check=True)
    data_dir = small_disk / "data"
    subprocess.run(["cp", "-a", made_folder, data_dir], check=True)
    filler = small_disk / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], check=False, capture_output=True)
    assert "has only 0 MB free: free some space" in _refusal(data_dir)
    monkeypatch.setattr(folder, "_ROOM_TO_START_BYTES", 0)
    assert "has no room: free some space" in _refusal(data_dir)
    filler.unlink()
    with EmbeddedServer(data_dir, durable=False) as server:
        assert server.pid > 0


def test_a_read_only_disk_is_refused(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro,size=300m", small_disk], check=True)
    assert _refusal(small_disk) == (
        f"The data folder {small_disk} can not be written to (Read-only file system): make it writable for the user"
        " that runs Enishi or choose another data folder."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="permissions do not bind root; the read-only disk covers that case")
def test_a_folder_without_write_permission_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "can not be written to (Permission denied)" in _refusal(tmp_path / "data")


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "data"
    file.write_text("mine", encoding="utf-8")
    assert _refusal(file) == (
        f"{file} is not a data folder of Enishi (it is a file): choose an empty or a new folder; nothing in this one"
        " was touched."
    )


def test_the_data_directory_of_some_other_postgresql_is_refused(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n", encoding="ascii")
    assert "it is a data directory that some PostgreSQL made" in _refusal(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["PG_VERSION"]


def test_a_folder_postgres_that_is_not_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").write_text("mine", encoding="utf-8")
    assert "its folder postgres has no postgres.json beside it" in _refusal(tmp_path)
    assert (tmp_path / "postgres" / "thesis.txt").read_text(encoding="utf-8") == "mine"


def test_data_of_a_newer_postgresql_are_refused(data_dir: Path) -> None:
    (data_dir / "postgres" / "cluster" / "PG_VERSION").write_text("19\n", encoding="ascii")
    assert _refusal(data_dir) == (
        f"The data in {data_dir} were written by PostgreSQL 19, but this Enishi brings PostgreSQL 18: run the version"
        " of Enishi that made them, or point ENISHI_PG_BIN at the programs of PostgreSQL 19."
    )


def test_a_broken_password_file_is_refused_by_name(data_dir: Path) -> None:
    (data_dir / "postgres.json").write_text("{", encoding="utf-8")
    assert _refusal(data_dir).startswith(f"{data_dir / 'postgres.json'}, which holds the passwords of the database,")


def test_settings_of_the_operator_outlive_a_start(data_dir: Path) -> None:
    with (data_dir / "postgres" / "cluster" / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write("work_mem = '7MB'\n")
    with EmbeddedServer(data_dir, durable=False) as server, psycopg.connect(server.dsn("enishi_app")) as conn:
        assert conn.execute("show work_mem").fetchone() == ("7MB",)
