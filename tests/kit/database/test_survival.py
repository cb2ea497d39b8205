"""What the embedded server and its pool go through: kills, stale files, orphans and rivals."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psycopg
import pytest

from enishi.kit.database import EmbeddedServer, ServerEvent, StartupRefusal, open_pool, supervisor
from enishi.kit.database.postmaster import processes_on
from enishi.kit.database.refusals import DiskFull

pytestmark = pytest.mark.crash

# Stands for an Enishi in another process: it starts the server, says its process id, and waits to be killed.
_OTHER_ENISHI = textwrap.dedent(
    """
    import sys, time
    from pathlib import Path
    from enishi.kit.database import EmbeddedServer
    with EmbeddedServer(Path(sys.argv[1]), durable=False) as server:
        print(server.pid, flush=True)
        time.sleep(300)
    """
)


def _start_other(data_dir: Path) -> tuple[subprocess.Popen[str], int]:
    other = subprocess.Popen([sys.executable, "-c", _OTHER_ENISHI, data_dir], stdout=subprocess.PIPE, text=True)
    return other, int(other.stdout.readline())


def _kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    process.stdout.close()


def _write_pid_file(data_dir: Path, pid: int) -> None:
    """The pid file that a server killed with SIGKILL leaves; its shared memory is gone with the machine's reboot."""
    cluster = data_dir / "postgres" / "cluster"
    lines = [str(pid), str(cluster), "1700000000", "25432", str(data_dir), "127.0.0.1", " 99999999 99999999", "ready"]
    pid_file = cluster / "postmaster.pid"
    pid_file.write_text("\n".join(lines) + "\n", encoding="ascii")
    os.chown(pid_file, cluster.stat().st_uid, cluster.stat().st_gid)


def _starts_and_answers(data_dir: Path) -> bool:
    with (
        EmbeddedServer(data_dir, durable=False) as server,
        psycopg.connect(server.dsn("enishi_app")) as conn,
    ):
        return conn.execute("select true").fetchone() == (True,)


def test_a_pid_file_whose_process_is_gone_does_not_hinder_the_start(data_dir: Path) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    _write_pid_file(data_dir, gone.pid)
    assert _starts_and_answers(data_dir)


def test_a_pid_file_whose_number_belongs_to_another_program_now_does_not_hinder_the_start(data_dir: Path) -> None:
    # Run as the server's own user: a process of that user is what PostgreSQL itself would take for a living server.
    owner = (data_dir / "postgres" / "cluster").stat().st_uid
    stranger = (
        subprocess.Popen(["sleep", "300"], user=owner) if os.geteuid() == 0 else subprocess.Popen(["sleep", "300"])
    )
    try:
        _write_pid_file(data_dir, stranger.pid)
        assert _starts_and_answers(data_dir)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_killed_server_is_restarted_and_the_pool_hands_out_living_connections(data_dir: Path, wait_until) -> None:
    events: list[ServerEvent] = []
    with (
        EmbeddedServer(data_dir, on_event=events.append) as server,
        open_pool(server.dsn("enishi_app"), 2, 4) as pool,
    ):
        pool.wait()
        with psycopg.connect(server.dsn("enishi_owner")) as owner:
            owner.execute("create table kept as select 1 as a")
        for times in (1, 2):
            killed = server.pid
            os.kill(killed, signal.SIGKILL)
            wait_until(lambda times=times: len(events) == 2 * times, 20)
            assert server.pid != killed
            back_at = time.monotonic()
            # All at once, so that none of the old connections can hide in the pool.
            with pool.connection() as first, pool.connection() as second, pool.connection() as third:
                for conn in (first, second, third):
                    assert conn.execute(
                        "select count(*) from pg_stat_activity where pid = pg_backend_pid()"
                    ).fetchone() == (1,)
            assert time.monotonic() - back_at < 4.0
        assert [event.kind for event in events] == ["died", "restarted"] * 2
        assert events[0].detail.endswith("ended with code -9")
        with psycopg.connect(server.dsn("enishi_owner")) as owner:
            assert owner.execute("select a from kept").fetchone() == (1,)


def test_a_server_that_can_not_come_back_is_given_up_aloud(
    data_dir: Path, wait_until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_LONGEST_BACK_OFF_SECONDS", 0.01)
    events: list[ServerEvent] = []
    with EmbeddedServer(data_dir, on_event=events.append, durable=False) as server:
        (data_dir / "postgres" / "cluster" / "global" / "pg_control").unlink()
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: bool(events) and events[-1].kind == "gave-up", 60)
        assert [event.kind for event in events] == ["died", *["restart-failed"] * 8, "gave-up"]
        assert "pg_control" in events[1].detail
    assert processes_on(data_dir / "postgres" / "cluster") == []


def test_a_program_that_can_not_be_run_is_a_restart_that_failed(
    data_dir: Path, wait_until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_LONGEST_BACK_OFF_SECONDS", 0.01)
    events: list[ServerEvent] = []
    with EmbeddedServer(data_dir, on_event=events.append, durable=False) as server:

        def refuse(*_: object) -> None:
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))

        monkeypatch.setattr(supervisor.Place, "spawn", refuse)
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: bool(events) and events[-1].kind == "gave-up", 30)
        assert [event.kind for event in events] == ["died", *["restart-failed"] * 8, "gave-up"]
        assert "Resource temporarily unavailable" in events[1].detail


def test_a_full_disk_is_waited_for_however_long_it_takes(
    data_dir: Path, wait_until, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_FULL_DISK_PAUSE_SECONDS", 0.01)
    events: list[ServerEvent] = []
    launch = EmbeddedServer._launch
    with EmbeddedServer(data_dir, on_event=events.append, durable=False) as server:

        def launch_when_there_is_room(refusing: EmbeddedServer) -> object:
            if len(events) < 30:
                raise DiskFull(data_dir, 0)
            return launch(refusing)

        monkeypatch.setattr(EmbeddedServer, "_launch", launch_when_there_is_room)
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: bool(events) and events[-1].kind == "restarted", 20)
        assert [event.kind for event in events] == ["died", *["restart-failed"] * 29, "restarted"]


def test_stopping_while_it_restarts_ends_the_restart(data_dir: Path, wait_until) -> None:
    died = threading.Event()
    server = EmbeddedServer(data_dir, on_event=lambda _: died.set(), durable=False)
    server.start()
    os.kill(server.pid, signal.SIGKILL)
    assert died.wait(10)
    server.stop()
    wait_until(lambda: processes_on(data_dir / "postgres" / "cluster") == [], 10)


def test_the_server_shuts_down_when_its_enishi_is_killed(data_dir: Path, wait_until) -> None:
    other, server_pid = _start_other(data_dir)
    assert server_pid in processes_on(data_dir / "postgres" / "cluster")
    _kill(other)
    wait_until(lambda: processes_on(data_dir / "postgres" / "cluster") == [], 20)
    assert "database system is shut down" in (data_dir / "postgres.log").read_text(encoding="utf-8")


def test_the_next_start_after_a_killed_enishi_works_at_once(data_dir: Path) -> None:
    other, _ = _start_other(data_dir)
    _kill(other)
    assert _starts_and_answers(data_dir)


def test_a_living_orphan_is_stopped_before_a_new_server_starts(data_dir: Path) -> None:
    other, orphan = _start_other(data_dir)
    # Stopped, it can not follow the kernel's order to shut down when its Enishi goes: an orphan for as long as we like.
    os.kill(orphan, signal.SIGSTOP)
    _kill(other)
    threading.Timer(1.0, os.kill, (orphan, signal.SIGCONT)).start()
    with EmbeddedServer(data_dir, durable=False) as server:
        assert server.pid != orphan
        assert orphan not in processes_on(data_dir / "postgres" / "cluster")


def test_a_second_enishi_on_the_same_folder_is_refused(data_dir: Path) -> None:
    with EmbeddedServer(data_dir, durable=False) as server:
        with pytest.raises(StartupRefusal) as refused:
            EmbeddedServer(data_dir, durable=False).start()
        assert str(refused.value) == (
            f"Another Enishi (process {os.getpid()}) is running on the data folder {data_dir}: stop that one first or"
            " choose another data folder."
        )
        with psycopg.connect(server.dsn("enishi_app")) as conn:
            assert conn.execute("select 1").fetchone() == (1,)


def test_an_operators_shell_in_the_cluster_is_not_taken_for_a_server(data_dir: Path) -> None:
    shell = subprocess.Popen(["sleep", "300"], cwd=data_dir / "postgres" / "cluster")
    try:
        assert _starts_and_answers(data_dir)
        assert shell.poll() is None
    finally:
        shell.kill()
        shell.wait()


def test_a_first_start_that_was_killed_is_made_up_for_by_the_next(tmp_path: Path) -> None:
    data_dir = tmp_path / "data"
    half_made = data_dir / "postgres" / "cluster.0badf00d.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n", encoding="ascii")
    (data_dir / "postgres.json").write_text(
        '{"port": null, "passwords": {"postgres": "a", "enishi_owner": "b", "enishi_app": "c"}}', encoding="utf-8"
    )
    with EmbeddedServer(data_dir, durable=False) as server:
        server.bootstrap()
        assert sorted(path.name for path in half_made.parent.iterdir()) == ["cluster", "run"]


def test_a_server_killed_while_it_starts_is_reported_as_such(
    data_dir: Path, wait_until, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[ServerEvent] = []
    with EmbeddedServer(data_dir, on_event=events.append, durable=False) as server:
        patient = supervisor.Postmaster.wait_until_ready

        def kill_instead(postmaster: supervisor.Postmaster, limit_seconds: float) -> None:
            monkeypatch.setattr(supervisor.Postmaster, "wait_until_ready", patient)
            os.kill(postmaster.pid, signal.SIGKILL)
            patient(postmaster, limit_seconds)

        monkeypatch.setattr(supervisor.Postmaster, "wait_until_ready", kill_instead)
        os.kill(server.pid, signal.SIGKILL)
        wait_until(lambda: len(events) == 3, 20)
        assert [event.kind for event in events] == ["died", "restart-failed", "restarted"]
        assert "signal 9 ended it" in events[1].detail
