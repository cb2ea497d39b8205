"""What the whole product goes through: killed at random under load, and killed between a commit and its answer.

``ENISHI_TEST_LONG=1`` kills ten times as often.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import random
import secrets
import signal
import sys
import threading
import time

import psycopg
import pytest
from tests.e2e.installation import Installation, Json, Running, command_of, wait_until
from tests.e2e.tills import Receipt, Tills, dice

pytestmark = [pytest.mark.crash, pytest.mark.slow]

KILLS = 200 if os.environ.get("ENISHI_TEST_LONG") else 20
VICTIMS = ("enishi", "postgres", "backend", "both")
_LOAD_SECONDS = (0.1, 1.0)
_KILLED_AGAIN = 0.25
"""How often Enishi is killed once more while it starts again, and PostgreSQL recovers."""


def _kill_backend(installation: Installation, chance: random.Random) -> None:
    """Kill a process that works for the product; PostgreSQL then restarts itself, and nobody starts anything anew."""
    backends = [one for one in installation.postmaster().children() if " enishi_app " in command_of(one)]
    assert backends, "the product has no connection to the database"
    chance.choice(backends).kill()


def _stored(installation: Installation, receipts: list[Receipt]) -> dict[str, tuple[int, int]]:
    """By key: how many purchases there are under it, and how many journal entries of theirs are missing or too many."""
    with installation.connect("enishi_owner") as conn:
        rows = conn.execute(
            """
            select external_id, count(*), sum(abs(entry_count - (
                select count(*) from ledger.journal j
                where j.customer_id = p.customer_id and j.purchase_id = p.purchase_id
            ))) from purchases.purchases p where source = 'pos' and external_id = any(%s) group by 1
            """,
            ([receipt.key for receipt in receipts],),
        ).fetchall()
    return {key: (count, int(amiss)) for key, count, amiss in rows}


def _look_at_the_unanswered(installation: Installation, receipts: list[Receipt]) -> None:
    """What got no answer is there whole, or not at all; which of both, its next answer must confirm."""
    stored = _stored(installation, receipts)
    for receipt in receipts:
        count, amiss = stored.get(receipt.key, (0, 0))
        assert count <= 1, receipt
        assert amiss == 0, receipt
        receipt.stored = count == 1


@pytest.mark.timeout(30 * KILLS)
def test_nothing_acknowledged_is_lost_or_doubled_by_twenty_kills(installation: Installation) -> None:
    seed = int(os.environ.get("ENISHI_TEST_SEED") or secrets.randbelow(1_000_000))
    sys.stdout.write(f"Again: ENISHI_TEST_SEED={seed}\n")
    chance = dice(seed)
    order = chance.sample(VICTIMS * (KILLS // len(VICTIMS)), KILLS)
    running = installation.serve()
    with Tills(installation, seed) as tills:
        tills.go_on()
        for victim in order:
            time.sleep(chance.uniform(*_LOAD_SECONDS))
            if victim in {"enishi", "both"}:
                running = _kill_and_start_again(installation, running, tills, victim, chance)
            elif victim == "postgres":
                installation.postmaster().kill()
            else:
                _kill_backend(installation, chance)
            # More answers than can have been on their way when it was killed.
            enough = tills.acknowledged + 2 * tills.size
            wait_until(lambda enough=enough: tills.acknowledged >= enough, 60, f"work goes on after killing {victim}")
            assert not tills.heard.faults, tills.heard.faults[0]
        tills.finish()
    heard = tills.heard
    sys.stdout.write(
        f"Killed {' '.join(order)}: {tills.acknowledged} receipts acknowledged, "
        f"{heard.interrupted} of them sent again, {heard.repeats} repeats, "
        f"{len(heard.short_of_points)} short of points, {heard.refused} requests refused.\n"
    )
    assert heard.faults == []
    assert heard.interrupted > 0
    assert tills.replay() == []
    with installation.connect("enishi_owner") as conn:
        present = [key for (key,) in conn.execute("select external_id from purchases.purchases where source = 'pos'")]
    assert sorted(present) == sorted(heard.answers)
    assert installation.verify()["verified"]["purchases"] == len(present)
    assert running.stop() == 0, running.words
    installation.wait_for_no_process()


def _kill_and_start_again(
    installation: Installation, running: Running, tills: Tills, victim: str, chance: random.Random
) -> Running:
    victims = [running.process, installation.postmaster()] if victim == "both" else [running.process]
    for process in chance.sample(victims, len(victims)):
        process.kill()
    running.process.wait()
    unanswered = tills.rest()
    if chance.random() < _KILLED_AGAIN:
        hasty = installation.start()
        time.sleep(chance.uniform(0.5, 2.0))
        hasty.kill()
    started = installation.serve()
    _look_at_the_unanswered(installation, unanswered)
    tills.go_on()
    return started


@pytest.mark.parametrize("victim", ["enishi", "both"])
def test_a_crash_between_commit_and_answer_is_made_up_for_by_the_retry(installation: Installation, victim: str) -> None:
    """PostgreSQL is told to wait for a standby that does not exist: commits reach the disk, and nobody is told."""
    running = installation.serve()
    assert installation.post("/v1/purchases", _receipt("first"))[0] == 201
    with installation.connect("postgres", "postgres") as admin:
        admin.execute("alter system set synchronous_standby_names = 'nobody'")
        admin.execute("select pg_reload_conf()")
        unanswered = _send_until_one_is_not_answered(installation, admin)
        admin.execute("alter system reset synchronous_standby_names")
        if victim == "enishi":
            running.process.send_signal(signal.SIGSTOP)
            admin.execute("select pg_reload_conf()")
            wait_until(lambda: _is_whole(installation, unanswered), 10, "the commit is seen by others")
        else:
            installation.postmaster().kill()
        running.kill()

    running = installation.serve()
    assert _is_whole(installation, unanswered)
    status, answer = installation.post("/v1/purchases", unanswered.body)
    assert (status, answer["replayed"]) == (200, True)
    assert answer["points"]["earned"] == 10
    with installation.connect() as conn:
        sales = conn.execute("select count(*) from purchases.purchases").fetchone()[0]
    assert answer["points"]["balance"]["available"] == 10 * sales
    assert installation.post("/v1/purchases", unanswered.body) == (200, answer)
    assert installation.verify()["verified"]["ledger"]["issued"] == 10 * sales
    assert running.stop() == 0
    installation.wait_for_no_process()


def _is_whole(installation: Installation, receipt: Receipt) -> bool:
    return _stored(installation, [receipt]) == {receipt.key: (1, 0)}


def _receipt(key: str) -> Json:
    return {
        "source": "pos",
        "external_id": key,
        "channel": "pos",
        "store": "S1",
        "occurred_at": "2026-10-03T12:00:00+09:00",
        "identifiers": [{"kind": "card", "value": "9001000000001"}],
        "lines": [{"sku": "4901234567894", "quantity": 1, "unit_price_yen": 1_100}],
    }


def _send_until_one_is_not_answered(installation: Installation, admin: psycopg.Connection) -> Receipt:
    """The setting takes hold within moments; the first receipt whose commit waits is the one that is returned."""

    def is_waiting() -> bool:
        return admin.execute("select 1 from pg_stat_activity where wait_event = 'SyncRep'").fetchone() is not None

    for number in range(100):
        receipt = Receipt(_receipt(f"unanswered-{number}"))
        sender = threading.Thread(target=_send_in_vain, args=(installation, receipt.body), daemon=True)
        sender.start()
        wait_until(lambda sender=sender: is_waiting() or not sender.is_alive(), 10, "an answer, or a commit that waits")
        if sender.is_alive():
            return receipt
    raise AssertionError("no commit had to wait")


def _send_in_vain(installation: Installation, body: Json) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        installation.post("/v1/purchases", body)
