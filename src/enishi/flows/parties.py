"""Whose points are to move: a customer named by ID or by identifiers, found among those who are known.

Unlike a receipt, an operation on points makes nobody known: who is not a customer yet has no points to move.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import customers
from enishi.customers import BlindIdentifier
from enishi.flows.context import PurchaseContext
from enishi.flows.model import CardEnded, NoCustomerForPoints
from enishi.flows.settling import settle_batch
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.kit.identifiers import Identifier
from enishi.ledger import Account

T = TypeVar("T")
R = TypeVar("R")
_encode = msgspec.json.Encoder().encode


class BlindParty(Struct, gc=False, frozen=True):
    """A customer as a request names them; ``field`` is where in the request, for refusals."""

    customer_id: UUID | None
    identifiers: tuple[BlindIdentifier, ...]
    field: str = ""

    def spell(self) -> tuple[str, ...]:
        """The party in one spelling, for fingerprints."""
        if self.customer_id is not None:
            return (str(self.customer_id),)
        return tuple(sorted(one.lookup.hex() for one in self.identifiers))


def blind_party(
    context: PurchaseContext,
    customer_id: UUID | None,
    identifiers: Sequence[Identifier],
    *,
    source: str,
    field: str = "",
) -> BlindParty:
    """A party to be looked up. Refuses ``InvalidIdentifier``, and ``InvalidRequest`` unless it is named one way."""
    prefix = f"{field}." if field else ""
    if (customer_id is None) == (not identifiers):
        raise InvalidRequest(
            "The customer is named by neither or both of customer_id and identifiers.",
            field=f"{prefix}customer_id",
            remedy="Send one of the two.",
        )
    blinded: list[BlindIdentifier] = []
    for index, identifier in enumerate(identifiers):
        try:
            blinded.append(customers.blind(context.keyring, identifier, source))
        except Refusal as refusal:
            refusal.field = f"{prefix}identifiers[{index}].value"
            raise
    return BlindParty(customer_id, tuple(blinded), prefix)


def find_parties(conn: Connection, parties: Sequence[BlindParty]) -> list[UUID | Refusal]:
    """Who each party is, or why nobody: ``NotFound``, ``NoCustomerForPoints``, ``CardEnded``.

    Whoever was merged into another is that other.
    """
    named = {one.customer_id for one in parties if one.customer_id is not None}
    known = customers.find_known(conn, list(named)) if named else frozenset[UUID]()
    standing = customers.survivors_of(conn, known)
    resolutions = customers.resolve_each(conn, [one.identifiers for one in parties])
    found: list[UUID | Refusal] = []
    for party, resolution in zip(parties, resolutions, strict=True):
        if party.customer_id is not None:
            found.append(standing[party.customer_id] if party.customer_id in known else _nobody(party))
        elif resolution.customer_id is not None and not resolution.is_new:
            found.append(resolution.customer_id)
        elif resolution.has_ended:
            found.append(
                CardEnded(
                    "The card has ended: it was lost, stolen or replaced. Its points can not be moved with it.",
                    field=f"{party.field}identifiers[0].value",
                    remedy="Use the customer's new card or phone number.",
                )
            )
        else:
            found.append(
                NoCustomerForPoints(
                    "Nobody is known by these identifiers.",
                    field=f"{party.field}identifiers",
                    remedy="Check them; a customer becomes known with the first purchase or on joining.",
                )
            )
    return found


def _nobody(party: BlindParty) -> NotFound:
    return NotFound("There is no such customer.", field=f"{party.field}customer_id")


def fingerprint(context: PurchaseContext, body: object, *parties: BlindParty) -> bytes:
    """The digest of a request: equal ones say that a repeat says the same as the first time."""
    return context.keyring.digest(_encode((body, [party.spell() for party in parties])))


def refuse_whole(account: Account, change: Callable[[], R]) -> R:
    """Do several movements on an account in memory, or, when one of them is refused, none."""
    before = (account.seq, account.balance, account.lots)
    try:
        return change()
    except Refusal:
        account.seq, account.balance, account.lots = before
        raise


def settle_in_rounds(
    conn: Connection,
    items: Sequence[T],
    key: Callable[[T], Hashable],
    run: Callable[[Connection, Sequence[T]], list[R | Refusal]],
) -> list[R | Refusal]:
    """``settle_batch``, but items of one key one after the other, so that the later see what the first has done."""
    rounds: list[list[int]] = []
    seen: dict[Hashable, int] = {}
    for position, item in enumerate(items):
        name = key(item)
        turn = seen.get(name, 0)
        seen[name] = turn + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(position)
    outcomes: dict[int, R | Refusal] = {}
    for positions in rounds:
        answers = settle_batch(conn, [items[position] for position in positions], run)
        outcomes |= dict(zip(positions, answers, strict=True))
    return [outcomes[position] for position in range(len(items))]
