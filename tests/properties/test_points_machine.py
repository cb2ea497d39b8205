"""Every operation on points in any order, by clocks that run apart, against ``points_model``.

One life has a few cards. Receipts come late, early, twice and in any order; goods come back in pieces; points are
pending, held, captured, released or left to lapse, adjusted, given away, pooled, frozen, swept when they expire and
given again. After every step each account is what the model says, and after all lives the whole ledger is proven.
Hypothesis prints the steps of a failure, as few as it can find; its seed is printed too, and ``ENISHI_TEST_SEED`` sets
it.
"""

from __future__ import annotations

import os
import secrets

import psycopg
import pytest
from hypothesis import seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from tests.conftest import cloned_database
from tests.flows.factories import make_context
from tests.properties.points_by_hand import ByHand
from tests.properties.points_life import settings_of_lives
from tests.properties.points_sales import Sales

from enishi.flows import expire_points, verify_all
from enishi.kit.database import open_pool

LIVES = 1_000 if os.environ.get("ENISHI_TEST_LONG") else 25


class PointsMachine(Sales, ByHand):
    """One life: the rules of every subject, and time."""

    @rule()
    def sweep(self) -> None:
        expire_points(self.conn, self.context, self.now)
        for mine in self.cards.values():
            mine.sweep(self.today)

    @rule(hours=st.sampled_from([1, 13, 36, 24 * 9, 24 * 40, 24 * 400]))
    def wait(self, hours: int) -> None:
        self.wait_for(hours)

    @precondition(lambda self: any(one.lots for one in self.cards.values()))
    @rule(days=st.sampled_from([3, 35, 70]))
    def let_expire(self, days: int) -> None:
        """Time in which something expires, and the sweep of that night."""
        self.wait_for(24 * days)
        self.sweep()


@pytest.mark.timeout(7_200)  # the nightly size takes its time
def test_points_do_what_the_model_does(server, admin_conn):
    number = int(os.environ.get("ENISHI_TEST_SEED") or secrets.randbits(32))
    print(f"ENISHI_TEST_SEED={number}")  # noqa: T201 - shown with a failure
    with cloned_database(server, admin_conn) as database, psycopg.connect(database.app_dsn) as conn:
        context = make_context(conn, settings_of_lives())
        machine = seed(number)(type("PointsMachine", (PointsMachine,), {"conn": conn, "context": context}))
        run_state_machine_as_test(
            machine, settings=settings(max_examples=LIVES, stateful_step_count=50, deadline=None, print_blob=True)
        )
        with open_pool(database.app_dsn, min_size=2, max_size=4) as pool:
            outcome = verify_all(pool, context)
        assert outcome.is_clean, (outcome.ledger.differences, outcome.differences)
        assert outcome.purchases > 0
