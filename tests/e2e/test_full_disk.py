"""A disk that fills up under a serving Enishi, and gets room again, costs time and nothing else."""

from __future__ import annotations

import psycopg
import pytest
from tests.e2e.disk import SmallDisk
from tests.e2e.installation import Installation, wait_until
from tests.e2e.tills import Tills

pytestmark = [pytest.mark.crash, pytest.mark.slow]


def test_purchases_are_refused_while_the_disk_is_full_and_recorded_once_there_is_room(
    on_small_disk: Installation, small_disk: SmallDisk
) -> None:
    # What it says goes to the same disk, as with an operator who keeps the log beside the data.
    running = on_small_disk.serve()
    with Tills(on_small_disk, seed=1) as tills:
        tills.go_on()
        wait_until(lambda: tills.acknowledged > 100, 30, "a hundred receipts")

        small_disk.fill()
        _wait_for_refusals(tills)
        assert not tills.heard.faults, tills.heard.faults[0]
        small_disk.make_room()
        _wait_for_answers(tills)

        small_disk.fill()
        # Without room for its next log segment PostgreSQL itself ends, and can not come back before there is room.
        wait_until(
            lambda: "database restart-failed" in running.words or not _uses_a_segment(on_small_disk), 60, "its end"
        )
        _wait_for_refusals(tills)
        assert running.process.poll() is None
        small_disk.make_room()
        _wait_for_answers(tills)
        tills.finish()
    assert tills.heard.faults == []
    assert tills.replay() == []
    assert on_small_disk.verify()["verified"]["purchases"] == tills.acknowledged
    assert running.stop() == 0
    on_small_disk.wait_for_no_process()


def _uses_a_segment(installation: Installation) -> bool:
    """Make PostgreSQL go on to its next log segment, and say whether it still answers."""
    try:
        with installation.connect("postgres", "postgres") as admin:
            admin.execute("select pg_logical_emit_message(false, 'test', repeat('x', 1000)), pg_switch_wal()")
    except psycopg.OperationalError:
        return False
    return True


def _wait_for_refusals(tills: Tills) -> None:
    enough = tills.heard.refused + tills.size
    wait_until(lambda: tills.heard.refused >= enough, 40, "purchases are refused")


def _wait_for_answers(tills: Tills) -> None:
    enough = tills.acknowledged + 2 * tills.size
    wait_until(lambda: tills.acknowledged >= enough, 40, "purchases are recorded again")
