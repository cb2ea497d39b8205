"""The embedded server from the outside: it starts, keeps what it is given, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import stat
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from enishi.kit.database import EmbeddedServer, StartupRefusal, supervisor
from enishi.kit.database.postmaster import processes_on

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def _listening_port(server: EmbeddedServer) -> int:
    with psycopg.connect(server.dsn("enishi_app")) as conn:
        return int(conn.execute("show port").fetchone()[0])


def test_a_first_start_makes_roles_database_and_durable_settings(tmp_path: Path) -> None:
    with EmbeddedServer(tmp_path / "data") as server:
        server.bootstrap()
        server.bootstrap()
        with psycopg.connect(server.dsn("enishi_app")) as conn:
            names = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums", "jit", "listen_addresses")
            values = [conn.execute("select current_setting(%s)", [name]).fetchone()[0] for name in names]
            assert values == ["on", "on", "on", "on", "off", "127.0.0.1"]
            owner = conn.execute(
                "select datdba::regrole::text, datlocprovider from pg_database where datname = 'enishi'"
            )
            assert owner.fetchone() == ("enishi_owner", "b")
            assert conn.info.server_version >= 180_000


def test_the_product_role_is_no_administrator(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server, psycopg.connect(server.dsn("enishi_app")) as conn:
        rights = conn.execute("select rolsuper, rolcreatedb, rolcreaterole from pg_roles where rolname = current_user")
        assert rights.fetchone() == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("create table public.mine (a int)")


def test_a_wrong_password_is_refused_even_on_the_unix_socket(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server, pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(server.dsn("enishi_app"), password="guess")


def test_passwords_are_readable_by_their_owner_alone(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False):
        for name in ("postgres.json", "postgres.log"):
            assert stat.S_IMODE((data_dir / name).stat().st_mode) == 0o600


def test_stopping_leaves_no_process_and_a_clean_cluster(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        pid = server.pid
        assert pid in processes_on(data_dir / "postgres" / "cluster")
    assert processes_on(data_dir / "postgres" / "cluster") == []
    assert not Path(f"/proc/{pid}").exists()
    assert not (data_dir / "postgres" / "cluster" / "postmaster.pid").exists()
    assert list((data_dir / "postgres" / "run").iterdir()) == []


def test_a_second_start_keeps_data_and_port_and_is_quick(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        first_port = server.port
        with psycopg.connect(server.dsn("enishi_owner")) as conn:
            conn.execute("create table kept as select 縁 from generate_series(1, 3) as 縁")
    began = time.monotonic()
    with EmbeddedServer(data_dir, durable=False) as server:
        assert time.monotonic() - began < 10.0
        assert server.port == first_port
        with psycopg.connect(server.dsn("enishi_owner")) as conn:
            assert conn.execute("select sum(縁) from kept").fetchone() == (6,)


def test_a_requested_port_that_is_taken_is_refused_by_number(data_dir: Path, taken_port: int) -> None:
    with pytest.raises(StartupRefusal) as refused:
        EmbeddedServer(data_dir, taken_port, durable=False).start()
    assert str(refused.value) == (
        f"Port {taken_port} on 127.0.0.1 is taken by another program: stop that program, ask for another port, or ask"
        " for none and let Enishi choose a free one."
    )
    assert processes_on(data_dir / "postgres" / "cluster") == []


def test_a_remembered_port_that_is_taken_gives_way_to_another(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        first_port = server.port
    with socket.create_server(("127.0.0.1", first_port)), EmbeddedServer(data_dir, durable=False) as server:
        assert server.port != first_port
        assert _listening_port(server) == server.port
        second_port = server.port
    with EmbeddedServer(data_dir, durable=False) as server:
        assert server.port == second_port


def test_a_port_snatched_between_choice_and_use_is_replaced(
    data_dir: Path, taken_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = iter([taken_port])
    honest = supervisor.choose_port
    monkeypatch.setattr(supervisor, "choose_port", lambda asked, kept: next(choices, None) or honest(asked, kept))
    with EmbeddedServer(data_dir, durable=False) as server:
        assert server.port != taken_port
        assert _listening_port(server) == server.port


def test_a_chosen_port_stays_below_those_of_outgoing_connections(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        assert 1024 < server.port < 32_768


def test_a_long_path_moves_the_socket_to_a_short_one(data_dir: Path) -> None:
    deep = data_dir.parent / ("long" * 30)
    data_dir.rename(deep)
    with EmbeddedServer(deep, durable=False) as server:
        assert not server.socket_folder.is_relative_to(deep)
        assert len(os.fsencode(server.socket_folder)) < 80
        assert stat.S_IMODE(server.socket_folder.stat().st_mode) == 0o700
        assert _listening_port(server) == server.port
    assert not server.socket_folder.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another user to step down to")
def test_root_steps_down_even_where_that_user_may_not_enter(tmp_path: Path, data_dir: Path) -> None:
    tmp_path.chmod(0o700)
    with EmbeddedServer(data_dir, durable=False) as server:
        status = Path(f"/proc/{server.pid}/status").read_text(encoding="utf-8")
        owner = (data_dir / "postgres" / "cluster").stat().st_uid
        assert owner != 0
        assert f"Uid:\t{owner}\t{owner}\t{owner}\t{owner}" in status
        assert "CapEff:\t0000000000000000" in status
