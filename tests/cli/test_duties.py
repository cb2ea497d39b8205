"""What a serving Enishi does by itself."""

from __future__ import annotations

from datetime import timedelta

from tests.flows.factories import card, give_points, make_context

from enishi import ledger
from enishi.cli.duties import duties
from enishi.flows import PlaceHold, change_holds
from enishi.kit import clock
from enishi.kit.database import open_pool


def test_holds_whose_time_is_up_are_released_every_few_seconds(database, conn):
    context = make_context(conn)
    give_points(conn, context, "1", 100)
    long_ago = clock.now() - timedelta(hours=1)
    holds = [
        PlaceHold(source="ec", external_id=f"H{number}", identifiers=card("1"), points=30, store="EC", ttl_seconds=ttl)
        for number, ttl in ((1, 60), (2, 7_200))
    ]
    lapsing, lasting = change_holds(conn, context, holds, long_ago)
    with open_pool(database.app_dsn, 1, 2) as pool:
        (chore,) = [one for one in duties(pool, context) if one.name == "release lapsed holds"]
        with pool.connection() as own:
            chore.run(own, lambda: None)
    found = ledger.load_holds(conn, [lapsing.hold.hold_id, lasting.hold.hold_id])
    assert found[lapsing.hold.hold_id].state.value == "lapsed"
    assert found[lasting.hold.hold_id].state.value == "open"
    now = clock.now()
    assert chore.next_after(now) == now + timedelta(seconds=5)
