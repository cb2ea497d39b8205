"""Use cases of the master customer."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi.customers import queries
from enishi.customers.model import (
    LIMITS,
    BlindIdentifier,
    CustomerRecord,
    HeldIdentifier,
    Match,
    NewCustomer,
    Profile,
    Resolution,
    SealedCustomer,
    SealedIdentifier,
)
from enishi.customers.rules import normalise, resolve
from enishi.kit.errors import Conflict, NotFound
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.ids import new_id
from enishi.kit.vault import DataKey, Keyring

_PROFILE = "profile"
_encode_profile = msgspec.json.Encoder().encode
_decode_profile = msgspec.json.Decoder(Profile).decode


class KeyMismatch(Exception):  # noqa: N818 - a refusal is a noun
    """The master key is not the one this database was first used with."""


def check_master_key(conn: Connection, keyring: Keyring) -> None:
    """Remember the master key's check value at first use; afterwards raise ``KeyMismatch`` for any other key."""
    queries.insert_key_check(conn, keyring.check_value)
    if queries.select_key_check(conn) != keyring.check_value:
        raise KeyMismatch(
            "The master key is not the one this database was set up with. "
            "Nothing was changed; start again with the original ENISHI_MASTER_KEY or key file."
        )


def has_master_key(conn: Connection) -> bool:
    """Whether the database was set up with a master key, so that no other one will do."""
    return queries.select_key_check(conn) is not None


def blind(keyring: Keyring, identifier: Identifier, namespace: str = "") -> BlindIdentifier:
    """The identifier normalised, with its blind index. Raises ``InvalidIdentifier``."""
    plain = normalise(identifier, namespace)
    return BlindIdentifier(plain.kind, plain.value, keyring.blind(plain.kind.value, plain.value))


def ask_owners(
    conn: Connection, presented: Iterable[tuple[BlindIdentifier, ...]]
) -> Callable[[], dict[bytes, UUID | None]]:
    """Ask whose the identifiers of these receipts are, by blind index: None has ended, unknown ones are absent.

    In a pipeline the question travels with its neighbours, and the answer is waited for when it is called for.
    """
    answer = queries.ask_owners(conn, [one.lookup for identifiers in presented for one in identifiers])
    return lambda: dict(answer())


def resolve_each(conn: Connection, presented: Sequence[tuple[BlindIdentifier, ...]]) -> list[Resolution]:
    """Whom the identifiers of each receipt name, each by itself: none of them makes anybody known to another."""
    owners = ask_owners(conn, presented)()
    return [resolve(identifiers, owners, new_id) for identifiers in presented]


def resolve_batch(
    conn: Connection, presented: Sequence[tuple[BlindIdentifier, ...]], owners: dict[bytes, UUID | None]
) -> list[Resolution]:
    """Whom the identifiers of each receipt name, in order; a customer who is new in one is known in the next.

    ``owners`` is the answer of ``ask_owners`` and learns what is to be linked. Reads only, and only when an
    identifier is to be linked to a known customer.
    """
    held = _count_held(conn, presented, owners)
    resolutions: list[Resolution] = []
    for identifiers in presented:
        resolution = _within_limits(resolve(identifiers, owners, new_id), held)
        if resolution.customer_id is not None:
            owners |= {one.lookup: resolution.customer_id for one in resolution.to_link}
        resolutions.append(resolution)
    return resolutions


def _count_held(
    conn: Connection, presented: Sequence[tuple[BlindIdentifier, ...]], owners: Mapping[bytes, UUID | None]
) -> dict[tuple[UUID, str], int]:
    """How many identifiers of each kind the customers hold who may get further ones from these receipts."""
    growing = {
        owner
        for identifiers in presented
        if len(identifiers) > 1 and any(one.lookup not in owners for one in identifiers)
        for one in identifiers
        if (owner := owners.get(one.lookup)) is not None
    }
    return queries.count_identifiers(conn, list(growing)) if growing else {}


def _within_limits(resolution: Resolution, held: dict[tuple[UUID, str], int]) -> Resolution:
    """The resolution without links beyond what ``LIMITS`` allows; the others are counted in ``held``."""
    if resolution.customer_id is None or not resolution.to_link:
        return resolution
    kept: list[BlindIdentifier] = []
    for one in resolution.to_link:
        slot = (resolution.customer_id, one.kind.value)
        if held.get(slot, 0) < LIMITS[one.kind]:
            held[slot] = held.get(slot, 0) + 1
            kept.append(one)
    if len(kept) == len(resolution.to_link):
        return resolution
    return msgspec.structs.replace(resolution, to_link=tuple(kept))


def apply_resolutions(
    conn: Connection,
    keyring: Keyring,
    resolutions: Iterable[tuple[Resolution, datetime, str, str]],
    now: datetime,
) -> None:
    """Write what resolving decided: new customers, links, conflicts.

    Each resolution comes with the instant, source and external id of its receipt. A concurrent transaction that
    claimed one of the identifiers first makes this fail with a unique violation; the caller runs its batch again.
    """
    changing = [item for item in resolutions if item[0].to_link or item[0].conflicts]
    keys: dict[UUID, DataKey] = {}
    customers: list[SealedCustomer] = []
    for resolution, occurred_at, _, _ in changing:
        if resolution.is_new and resolution.customer_id is not None:
            keys[resolution.customer_id], wrapped = keyring.new_data_key(resolution.customer_id)
            joined_at = min(occurred_at, now)
            customers.append(SealedCustomer(resolution.customer_id, joined_at, _random_bucket(), wrapped, None))
    links = [
        (resolution.customer_id, one)
        for resolution, _, _, _ in changing
        for one in resolution.to_link
        if resolution.customer_id is not None
    ]
    keys |= _open_keys(conn, keyring, list({customer_id for customer_id, _ in links} - keys.keys()))
    if customers:
        queries.insert_customers(conn, customers)
    if links:
        queries.insert_identifiers(
            conn,
            [
                _seal_identifier(keys[customer_id], customer_id, one, now)
                for customer_id, one in links
                if customer_id in keys
            ],
        )
    for resolution, _, source, external_id in changing:
        if resolution.conflicts:
            queries.insert_conflicts(conn, source, external_id, resolution.conflicts)


def _random_bucket() -> int:
    return secrets.randbelow(10_000)


def _seal_identifier(key: DataKey, customer_id: UUID, one: BlindIdentifier, at: datetime) -> SealedIdentifier:
    return SealedIdentifier(
        one.lookup, one.kind.value, customer_id, key.encrypt(one.value.encode(), one.kind.value), at
    )


def _open_keys(conn: Connection, keyring: Keyring, customer_ids: list[UUID]) -> dict[UUID, DataKey]:
    if not customer_ids:
        return {}
    return {
        one.customer_id: keyring.open_data_key(one.wrapped_key, one.customer_id)
        for one in queries.select_customers(conn, customer_ids)
        if one.wrapped_key is not None
    }


def create_customers(conn: Connection, keyring: Keyring, newcomers: Sequence[NewCustomer]) -> list[UUID]:
    """Register customers with their profiles and identifiers; all or none.

    Refusals: ``InvalidIdentifier``; ``Conflict`` when an identifier is somebody's already or is given twice.
    """
    blinded = [[blind(keyring, one) for one in newcomer.identifiers] for newcomer in newcomers]
    lookups = [one.lookup for identifiers in blinded for one in identifiers]
    if len(set(lookups)) != len(lookups) or queries.select_owners(conn, lookups):
        raise Conflict(
            "An identifier belongs to a customer already, or is given twice.", remedy="Look the identifiers up first."
        )
    customers: list[SealedCustomer] = []
    identifiers: list[SealedIdentifier] = []
    for newcomer, theirs in zip(newcomers, blinded, strict=True):
        customer_id = new_id()
        key, wrapped = keyring.new_data_key(customer_id)
        profile = key.encrypt(_encode_profile(newcomer.profile), _PROFILE)
        customers.append(SealedCustomer(customer_id, newcomer.joined_at, _random_bucket(), wrapped, profile))
        identifiers += [_seal_identifier(key, customer_id, one, newcomer.joined_at) for one in theirs]
    queries.insert_customers(conn, customers)
    queries.insert_identifiers(conn, identifiers)
    return [one.customer_id for one in customers]


def find_by_identifiers(
    conn: Connection, keyring: Keyring, identifiers: Sequence[Identifier], namespace: str = ""
) -> list[Match]:
    """The customers who hold any of these identifiers, one match each, in the order asked. What has ended matches none.

    Raises ``InvalidIdentifier`` for one that can not belong to anyone.
    """
    blinded = [blind(keyring, one, namespace) for one in identifiers]
    owners = queries.select_owners(conn, [one.lookup for one in blinded])
    matches: dict[UUID, Match] = {}
    for one in blinded:
        owner = owners.get(one.lookup)
        if owner is not None:
            matches.setdefault(owner, Match(owner, one.kind))
    return list(matches.values())


def count_shared_receipts(conn: Connection, one: UUID, other: UUID) -> int:
    """On how many receipts identifiers of both customers were shown, as far as it was noticed."""
    return queries.count_conflicts(conn, one, other)


def find_known(conn: Connection, customer_ids: Sequence[UUID]) -> frozenset[UUID]:
    """Those of these IDs that are customers."""
    return queries.select_known(conn, customer_ids)


def load_customers(conn: Connection, keyring: Keyring, customer_ids: Sequence[UUID]) -> dict[UUID, CustomerRecord]:
    """Customers with profile and identifiers opened. Someone erased comes with an empty profile and no identifiers.

    What has ended is not among the identifiers; ``load_cards`` also tells of ended cards.
    """
    held = {
        customer_id: list(theirs)
        for customer_id, theirs in groupby(
            sorted(queries.select_identifiers(conn, customer_ids), key=lambda one: one.customer_id.bytes),
            key=lambda one: one.customer_id,
        )
    }
    return {
        one.customer_id: _open_customer(keyring, one, held.get(one.customer_id, []))
        for one in queries.select_customers(conn, customer_ids)
    }


def load_customer(conn: Connection, keyring: Keyring, customer_id: UUID) -> CustomerRecord:
    """One customer with everything opened. Raises ``NotFound``."""
    record = load_customers(conn, keyring, [customer_id]).get(customer_id)
    if record is None:
        raise NotFound("There is no such customer.", field="customer_id")
    return record


def _open_customer(keyring: Keyring, one: SealedCustomer, held: Sequence[SealedIdentifier]) -> CustomerRecord:
    if one.wrapped_key is None:
        return CustomerRecord(one.customer_id, one.joined_at, Profile(), [])
    key = keyring.open_data_key(one.wrapped_key, one.customer_id)
    profile = Profile() if one.profile is None else _decode_profile(key.decrypt(one.profile, _PROFILE))
    return CustomerRecord(
        one.customer_id,
        one.joined_at,
        profile,
        [
            HeldIdentifier(IdentifierKind(item.kind), key.decrypt(item.sealed, item.kind).decode(), item.linked_at)
            for item in held
        ],
    )


def update_profile(conn: Connection, keyring: Keyring, customer_id: UUID, profile: Profile) -> None:
    """Replace the profile. Raises ``NotFound`` when there is no such customer, or the person was erased."""
    key = _open_keys(conn, keyring, [customer_id]).get(customer_id)
    if key is None or not queries.update_profile(conn, customer_id, key.encrypt(_encode_profile(profile), _PROFILE)):
        raise NotFound("There is no such customer, or the person was erased.", field="customer_id")
