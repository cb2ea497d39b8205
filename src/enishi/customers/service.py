"""Use cases of the master customer."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
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


def blind(keyring: Keyring, identifier: Identifier, namespace: str = "") -> BlindIdentifier:
    """The identifier normalised, with its blind index. Raises ``InvalidIdentifier``."""
    plain = normalise(identifier, namespace)
    return BlindIdentifier(plain.kind, plain.value, keyring.blind(plain.kind.value, plain.value))


def resolve_batch(conn: Connection, presented: Sequence[tuple[BlindIdentifier, ...]]) -> list[Resolution]:
    """Whom the identifiers of each receipt name, in order; a customer who is new in one is known in the next.

    Reads only. One statement for the batch, and one more when an identifier is to be linked to a known customer.
    """
    owners = queries.select_owners(conn, [one.lookup for identifiers in presented for one in identifiers])
    resolutions: list[Resolution] = []
    fresh: set[UUID] = set()
    for identifiers in presented:
        resolution = resolve(identifiers, owners, new_id)
        if resolution.customer_id is not None:
            if resolution.is_new:
                fresh.add(resolution.customer_id)
            for one in resolution.to_link:
                owners[one.lookup] = resolution.customer_id
        resolutions.append(resolution)
    return _within_limits(conn, resolutions, fresh)


def _within_limits(conn: Connection, resolutions: list[Resolution], fresh: set[UUID]) -> list[Resolution]:
    """Drop links that would give a known customer more identifiers of a kind than ``LIMITS`` allows."""
    growing = {one.customer_id for one in resolutions if one.to_link and one.customer_id and not one.is_new}
    if not growing:
        return resolutions
    held = queries.count_identifiers(conn, list(growing - fresh))
    limited: list[Resolution] = []
    for resolution in resolutions:
        kept: list[BlindIdentifier] = []
        for one in resolution.to_link:
            slot = (resolution.customer_id, one.kind.value)
            held[slot] = held.get(slot, 0) + 1  # pyright: ignore[reportArgumentType] - a link always has a customer
            if resolution.is_new or held[slot] <= LIMITS[one.kind]:  # pyright: ignore[reportArgumentType]
                kept.append(one)
        limited.append(
            resolution
            if len(kept) == len(resolution.to_link)
            else msgspec.structs.replace(resolution, to_link=tuple(kept))
        )
    return limited


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
    customers: list[SealedCustomer] = []
    identifiers: list[SealedIdentifier] = []
    keys: dict[UUID, DataKey] = {}
    linking = [item for item in resolutions if item[0].to_link or item[0].conflicts or item[0].is_new]
    if not linking:
        return
    known = [item[0].customer_id for item in linking if not item[0].is_new and item[0].to_link]
    for resolution, occurred_at, _, _ in linking:
        customer_id = resolution.customer_id
        if resolution.is_new and customer_id is not None:
            keys[customer_id], wrapped = keyring.new_data_key(customer_id)
            customers.append(SealedCustomer(customer_id, min(occurred_at, now), _random_bucket(), wrapped, None))
    keys |= _open_keys(conn, keyring, [one for one in known if one is not None and one not in keys])
    for resolution, _, _, _ in linking:
        for one in resolution.to_link:
            key = keys.get(resolution.customer_id) if resolution.customer_id else None
            if key is not None and resolution.customer_id is not None:
                identifiers.append(_seal_identifier(key, resolution.customer_id, one, now))
    if customers:
        queries.insert_customers(conn, customers)
    if identifiers:
        queries.insert_identifiers(conn, identifiers)
    for resolution, _, source, external_id in linking:
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
    """The customers who hold any of these identifiers, one match each, in the order asked.

    Raises ``InvalidIdentifier`` for one that can not belong to anyone.
    """
    blinded = [blind(keyring, one, namespace) for one in identifiers]
    owners = queries.select_owners(conn, [one.lookup for one in blinded])
    matches: dict[UUID, Match] = {}
    for one in blinded:
        if one.lookup in owners:
            matches.setdefault(owners[one.lookup], Match(owners[one.lookup], one.kind))
    return list(matches.values())


def load_customers(conn: Connection, keyring: Keyring, customer_ids: Sequence[UUID]) -> dict[UUID, CustomerRecord]:
    """Customers with profile and identifiers opened. Someone erased comes with an empty profile and no identifiers."""
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
