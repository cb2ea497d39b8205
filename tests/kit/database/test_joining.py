"""A command beside a running Enishi uses the database that one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from enishi.kit.database import StartupRefusal, has_database, join_database, open_database

if TYPE_CHECKING:
    from pathlib import Path


def test_a_running_database_is_joined_without_owning_it(data_dir: Path) -> None:
    with open_database(data_dir, environ={}) as opened:
        joined = join_database(data_dir)
        with psycopg.connect(opened.app_dsn) as owner, psycopg.connect(joined.app_dsn) as guest:
            owner.execute("select pg_advisory_xact_lock(1)")
            assert guest.execute("select pg_try_advisory_xact_lock(1)").fetchone() == (False,)


def test_a_database_that_does_not_answer_is_refused(data_dir: Path) -> None:
    with open_database(data_dir, environ={}):
        pass
    with pytest.raises(StartupRefusal, match="its database does not answer: wait until it has started"):
        join_database(data_dir)


def test_only_a_folder_with_a_cluster_has_a_database(data_dir: Path, tmp_path: Path) -> None:
    assert has_database(data_dir)
    assert not has_database(tmp_path / "elsewhere")
