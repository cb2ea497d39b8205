"""Quoting a claim: the receipt it would make a customer's, and what that would earn, by the code that records it."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from enishi.flows.claim_purchase import ClaimedPurchase, decide_claim
from enishi.flows.claim_world import Claim, look_at_claims, prepare_claim
from enishi.flows.context import PurchaseContext
from enishi.kit import clock
from enishi.purchases import StoredPurchase


class QuotedClaim(Struct, gc=False, frozen=True):
    """A receipt that can be claimed. ``claim.replayed``: the same customer has done so before."""

    receipt: StoredPurchase
    claim: ClaimedPurchase


def quote_claim(conn: Connection, context: PurchaseContext, one: Claim, now: datetime | None = None) -> QuotedClaim:
    """Quote a claim with nothing written and nothing locked. Raises what recording it would be refused with."""
    now = clock.now() if now is None else now
    item = prepare_claim(context, one)
    with conn.transaction():
        (receipt,), (owner,), world = look_at_claims(conn, context, [item], "quote", now, to_quote=True)
    outcome, _ = decide_claim(one, receipt, owner, world)
    if receipt is None:
        raise AssertionError("A receipt that is not there is refused.")
    return QuotedClaim(receipt, outcome)
