"""The rank that a member really holds decides what of a store's time is theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.reservations.factories import KEYRING, MEMBER, NOW, at, join, publish, quota, salon, wish

from enishi import flows, ranks
from enishi.flows import PurchaseContext
from enishi.reservations import EarlyWindow, SlotNotBookable

CONTEXT = PurchaseContext(KEYRING)


def test_a_member_of_the_rank_gets_what_is_kept_for_it_and_books_earlier(conn, owner_conn):
    ladder = ranks.TEMPLATES["salon"]()
    ranks.publish_ladder(conn, ladder, NOW - timedelta(days=9), "system", "Tests", NOW - timedelta(days=9))
    assert flows.tier_codes(conn, NOW) == ["guest", "friend", "favourite", "partner"]
    publish(conn, salon(quotas=(quota(None, tier="favourite"),), early=(EarlyWindow("favourite", 60),)))
    mari, ken = join(conn, 2)
    conn.commit()
    owner_conn.execute(
        "insert into ranks.standing (customer_id, tier, level, since, changes) values (%s, 'partner', 3, %s, 1)",
        (mari, NOW - timedelta(days=5)),
    )
    owner_conn.commit()
    assert flows.book_slot(conn, CONTEXT, wish(mari, at(10)), MEMBER, NOW).booking.tier == "partner"
    assert flows.book_slot(conn, CONTEXT, wish(mari, at(10, days=50)), MEMBER, NOW).booking.level == 3
    for days, rule in ((7, "quota"), (50, "horizon")):
        with pytest.raises(SlotNotBookable) as caught, conn.transaction():
            flows.book_slot(conn, CONTEXT, wish(ken, at(14, days=days)), MEMBER, NOW)
        assert caught.value.extra["hindrances"][0]["rule"] == rule
        assert caught.value.extra["hindrances"][0]["tier"] == "favourite"
    # What is not booked by then opens to everybody.
    later = NOW + timedelta(days=4)
    assert flows.book_slot(conn, CONTEXT, wish(ken, at(14)), MEMBER, later).booking.tier == "guest"
    assert flows.tier_names(conn, "ja", NOW)["favourite"] == "フェイバリット"
