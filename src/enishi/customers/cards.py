"""Use cases of cards: a customer has several, each may end, and a new one may take its place.

Invariant: a card that has ended names nobody, and neither its number nor its ending ever changes. All changes to a
customer's cards happen under the customer's lock.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi.customers import card_queries, queries
from enishi.customers.model import (
    Card,
    CardIssue,
    CardName,
    EndedCard,
    EndedMatch,
    EndReason,
    IssuedCard,
    SealedCard,
    SealedIdentifier,
)
from enishi.customers.rules import card_id_of, check_card_limits, latest_in_place_of, new_card_number
from enishi.customers.service import blind
from enishi.kit.errors import Conflict, InvalidRequest, NotFound
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.vault import DataKey, Keyring

_KIND = IdentifierKind.CARD.value
_MOST_DRAWS = 100
"""A range so full that this many numbers in a row are taken needs another prefix."""


class _Holder(Struct, frozen=True):
    """A customer whose cards are looked at, or (locked) changed."""

    customer_id: UUID
    key: DataKey
    sealed: dict[bytes, SealedCard]

    @property
    def issues(self) -> list[CardIssue]:
        """What is known of the cards that we issued."""
        return [
            CardIssue(one.lookup, self.customer_id, one.replaces, one.request_key, one.issued_at)
            for one in self.sealed.values()
            if one.issued_at is not None
        ]

    def open(self, lookup: bytes) -> Card:
        """One of the cards, its number in clear."""
        one = self.sealed[lookup]
        successor = next((issue.lookup for issue in self.issues if issue.replaces == lookup), None)
        return Card(
            card_id_of(lookup),
            self.key.decrypt(one.sealed, _KIND).decode(),
            one.linked_at,
            one.ended_at,
            None if one.ended_reason is None else EndReason(one.ended_reason),
            None if successor is None else card_id_of(successor),
        )


def load_cards(conn: Connection, keyring: Keyring, customer_id: UUID) -> list[Card]:
    """Every card a customer has or had: living ones first, newest first.

    Raises ``NotFound``, also for someone erased.
    """
    (customer,) = queries.select_customers(conn, [customer_id]) or [None]
    holder = _open(conn, keyring, customer_id, None if customer is None else customer.wrapped_key)
    return [holder.open(lookup) for lookup in holder.sealed]


def end_card(
    conn: Connection, keyring: Keyring, customer_id: UUID, name: CardName, reason: EndReason, *, now: datetime
) -> EndedCard:
    """End a card, at once and for good; one that has ended before stays as it is.

    Raises ``NotFound`` when there is no such customer or card, ``InvalidRequest`` when no card is named.
    """
    holder = _lock(conn, keyring, customer_id)
    lookup = _find(keyring, holder, name)
    if holder.sealed[lookup].ended_at is not None:
        return EndedCard(holder.open(lookup), replayed=True)
    card_queries.update_ended(conn, lookup, reason, now)
    return EndedCard(_look(conn, holder).open(lookup))


def issue_card(
    conn: Connection, keyring: Keyring, customer_id: UUID, *, prefix: str, now: datetime, request_key: str | None = None
) -> IssuedCard:
    """Give a customer a further card. A repeat of ``request_key`` is answered with the card of the first time.

    Raises ``NotFound``, ``TooManyCards``, and ``Conflict`` when ``request_key`` was used for something else.
    """
    holder = _lock(conn, keyring, customer_id)
    earlier = next((one for one in holder.issues if request_key is not None and one.request_key == request_key), None)
    if earlier is not None:
        if earlier.replaces is not None:
            raise _key_taken()
        return IssuedCard(holder.open(earlier.lookup), None, replayed=True)
    living = sum(one.ended_at is None for one in holder.sealed.values())
    check_card_limits(living + 1, holder.issues, now)
    lookup = _issue(conn, keyring, holder, prefix, CardIssue(b"", customer_id, None, request_key, now))
    return IssuedCard(_look(conn, holder).open(lookup), None)


def reissue_card(
    conn: Connection,
    keyring: Keyring,
    customer_id: UUID,
    name: CardName,
    reason: EndReason,
    *,
    prefix: str,
    now: datetime,
    request_key: str | None = None,
) -> IssuedCard:
    """End a card and issue another in its place. Asking again, from wherever, gives the card that took its place.

    A card that has ended without being replaced is replaced now. Raises ``NotFound``, ``InvalidRequest``,
    ``TooManyCards``, and ``Conflict`` when ``request_key`` was used for something else.
    """
    holder = _lock(conn, keyring, customer_id)
    named = _find(keyring, holder, name)
    issues = holder.issues
    earlier = next((one for one in issues if request_key is not None and one.request_key == request_key), None)
    if earlier is not None:
        if earlier.lookup == named or latest_in_place_of(named, issues) != latest_in_place_of(earlier.lookup, issues):
            raise _key_taken()
        return IssuedCard(holder.open(earlier.lookup), holder.open(named), replayed=True)
    latest = latest_in_place_of(named, issues)
    is_living = holder.sealed[latest].ended_at is None
    if is_living and latest != named:
        return IssuedCard(holder.open(latest), holder.open(named), replayed=True)
    living = sum(one.ended_at is None for one in holder.sealed.values())
    check_card_limits(living if is_living else living + 1, issues, now)
    if is_living:
        card_queries.update_ended(conn, latest, reason, now)
    lookup = _issue(conn, keyring, holder, prefix, CardIssue(b"", customer_id, latest, request_key, now))
    fresh = _look(conn, holder)
    return IssuedCard(fresh.open(lookup), fresh.open(latest))


def find_ended(
    conn: Connection, keyring: Keyring, identifiers: Sequence[Identifier], namespace: str = ""
) -> list[EndedMatch]:
    """What is known of these identifiers if they have ended: for those who may help, never to decide whose a sale is.

    Raises ``InvalidIdentifier`` for one that can not belong to anyone.
    """
    lookups = [blind(keyring, one, namespace).lookup for one in identifiers]
    ended = card_queries.select_ended(conn, lookups)
    return [ended[lookup] for lookup in dict.fromkeys(lookups) if lookup in ended]


def _lock(conn: Connection, keyring: Keyring, customer_id: UUID) -> _Holder:
    wrapped_key = card_queries.lock_customer(conn, customer_id)
    # The cards are read in a statement of its own: it sees what the last holder of the lock has committed.
    return _open(conn, keyring, customer_id, wrapped_key)


def _open(conn: Connection, keyring: Keyring, customer_id: UUID, wrapped_key: bytes | None) -> _Holder:
    if wrapped_key is None:
        raise NotFound("There is no such customer, or the person was erased.", field="customer_id")
    return _look(conn, _Holder(customer_id, keyring.open_data_key(wrapped_key, customer_id), {}))


def _look(conn: Connection, holder: _Holder) -> _Holder:
    """The holder with the cards as they stand now."""
    found = card_queries.select_cards(conn, holder.customer_id)
    return _Holder(holder.customer_id, holder.key, {one.lookup: one for one in found})


def _find(keyring: Keyring, holder: _Holder, name: CardName) -> bytes:
    if bool(name.card_id) == bool(name.number):
        raise InvalidRequest(
            "Exactly one of card_id and number says which card is meant.",
            field="card_id",
            remedy="Send the card_id that the list of the customer's cards gives, or the number on the card.",
        )
    field, wanted = "card_id", name.card_id
    if name.number:
        field = "number"
        wanted = card_id_of(blind(keyring, Identifier(IdentifierKind.CARD, name.number)).lookup)
    found = next((lookup for lookup in holder.sealed if card_id_of(lookup) == wanted), None)
    if found is None:
        raise NotFound("This customer has no such card.", field=field, remedy="List the customer's cards.")
    return found


def _issue(conn: Connection, keyring: Keyring, holder: _Holder, prefix: str, issue: CardIssue) -> bytes:
    """Draw numbers until one is free, and issue it as ``issue`` says; gives its blind index."""
    for _ in range(_MOST_DRAWS):
        number = new_card_number(prefix, secrets.randbelow)
        lookup = keyring.blind(_KIND, number)
        sealed = holder.key.encrypt(number.encode(), _KIND)
        fresh = SealedIdentifier(lookup, _KIND, holder.customer_id, sealed, issue.issued_at)
        if card_queries.insert_if_free(conn, fresh):
            card_queries.insert_issue(
                conn, CardIssue(lookup, issue.customer_id, issue.replaces, issue.request_key, issue.issued_at)
            )
            return lookup
    raise RuntimeError(
        f"{_MOST_DRAWS} card numbers in a row that begin with {prefix} are taken: choose another prefix."
    )


def _key_taken() -> Conflict:
    return Conflict(
        "This Idempotency-Key was used for another request; nothing was changed.",
        field="Idempotency-Key",
        remedy="Send a new key with a new request; a repeat must be the same as the first.",
    )
