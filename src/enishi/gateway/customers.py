"""Handlers that answer questions about customers and their points. Nothing here writes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final, cast
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import customers, flows, ledger
from enishi.access import ApiKey, ApiScope
from enishi.customers import EndedMatch, HeldIdentifier
from enishi.flows import EntryExplanation, Overview, PendingLine
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keys import may_see_store
from enishi.gateway.model import (
    DEFAULT_PAGE,
    MAX_PAGE,
    BalanceAnswer,
    CustomerAnswer,
    CustomerPointsAnswer,
    EndedAnswer,
    EntryAnswer,
    ExplanationAnswer,
    IdentifierAnswer,
    JournalAnswer,
    LookupAnswer,
    LookupBody,
    LotAnswer,
    MatchAnswer,
    PointKind,
    PointsAtAnswer,
    StepAnswer,
    VersionAnswer,
)
from enishi.gateway.purchases import pending_answer
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.ledger import Balance, Entry, Kind, Lot
from enishi.purchases import Identifier

_MAX_SEQ: Final = 2_147_483_647
_SHOWN_CHARACTERS: Final = 4
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_lookup_body: Final = BodyDecoder(LookupBody)


async def look_up_identifiers(services: Services, request: Request) -> Response:
    """Who holds any of the identifiers."""
    body = _lookup_body.decode(await request.read_json())

    def find(conn: Connection) -> LookupAnswer:
        matches: dict[UUID, MatchAnswer] = {}
        for position, identifier in enumerate(body.identifiers):
            for match in _find_one(conn, services, identifier, body.source, position):
                matches.setdefault(match.customer_id, MatchAnswer(match.customer_id, match.kind))
        ended = customers.find_ended(conn, services.context.keyring, body.identifiers, body.source)
        return LookupAnswer(list(matches.values()), [_ended_answer(one, request.key) for one in ended])

    return answer(200, await services.lanes.read(find))


async def show_customer(services: Services, request: Request) -> Response:
    """A customer, masked; whoever was merged into another is that other. Refuses ``NotFound``."""
    customer_id = customer_id_of(request)
    stores = None if request.key is None or request.key.store_codes is None else sorted(request.key.store_codes)

    def load(conn: Connection) -> Overview:
        standing = customers.survivor_of(conn, customer_id)
        return flows.customer_overview(conn, services.context, standing, now=clock.now(), stores=stores)

    overview = await services.lanes.read(load)
    asked_as = None if overview.customer.customer_id == customer_id else customer_id
    return answer(200, msgspec.structs.replace(_customer_answer(overview), asked_as=asked_as))


async def show_points(services: Services, request: Request) -> Response:
    """A customer's points by kind and lot. Refuses ``NotFound``."""
    customer_id = customer_id_of(request)
    now = clock.now()

    def load(conn: Connection) -> tuple[Overview, tuple[PendingLine, ...], int]:
        standing = customers.survivor_of(conn, customer_id)
        overview = flows.customer_overview(conn, services.context, standing, now=now)
        pending = flows.pending_points(conn, services.context, [standing]).get(standing, ())
        return overview, pending, ledger.sum_open_holds(conn, [standing]).get(standing, 0)

    overview, pending, held = await services.lanes.read(load)
    balance = overview.balance
    return answer(
        200,
        CustomerPointsAnswer(
            overview.customer.customer_id,
            now,
            balance.available,
            balance.regular,
            balance.limited,
            None if balance.next_expiry is None else _lot_answer(balance.next_expiry),
            [_lot_answer(lot) for lot in balance.lots],
            [pending_answer(line, request.locale) for line in pending],
            held,
        ),
    )


async def show_points_at(services: Services, request: Request) -> Response:
    """A customer's points at a past instant. Refuses ``NotFound`` and ``InvalidRequest``."""
    customer_id = customer_id_of(request)
    text = request.read_query(("at",)).get("at", "")
    try:
        at = msgspec.convert(text, Annotated[datetime, msgspec.Meta(tz=True)])
    except msgspec.ValidationError:
        raise InvalidRequest(
            "The instant can not be read.", field="at", remedy="Write it as 2026-03-31T15:00:00Z, with its offset."
        ) from None
    found = await services.lanes.read(
        lambda conn: flows.read_points_at(conn, services.context, customer_id, at, clock.now())
    )
    lots = [_lot_answer(Lot(Kind(lot.kind), lot.expires_on, lot.points)) for lot in found.lots]
    return answer(
        200,
        PointsAtAnswer(customer_id, at, found.entries, found.balance, found.available, found.held, lots, found.rank),
    )


async def list_journal(services: Services, request: Request) -> Response:
    """A page of a customer's journal, newest first. Refuses ``NotFound``, and ``InvalidRequest`` for a bad query."""
    customer_id = customer_id_of(request)
    query = request.read_query(("cursor", "limit"))
    before = _integer(query, "cursor", _MAX_SEQ)
    limit = _integer(query, "limit", MAX_PAGE) or DEFAULT_PAGE

    def load(conn: Connection) -> list[Entry]:
        customers.load_customer(conn, services.context.keyring, customer_id)
        return ledger.list_entries(conn, customer_id, before, limit + 1)

    found = await services.lanes.read(load)
    page = found[:limit]
    return answer(
        200,
        JournalAnswer(
            customer_id,
            [_entry_answer(entry) for entry in page if may_see_store(request.key, entry.store)],
            str(page[-1].seq) if len(found) > limit else None,
        ),
    )


async def explain_entry(services: Services, request: Request) -> Response:
    """Why an entry is there. Refuses ``NotFound``, also for an entry of a store that the key is not for."""
    entry_id = request.params["entry_id"]
    customer_part, _, number = entry_id.rpartition("-")
    if not (_UUID.fullmatch(customer_part) and number.isascii() and number.isdigit() and 0 < int(number) <= _MAX_SEQ):
        raise _no_entry()
    explained = await services.lanes.read(
        lambda conn: flows.explain_entry(conn, services.context, f"{customer_part}-{int(number)}", request.locale)
    )
    if not may_see_store(request.key, explained.entry.store):
        raise _no_entry()
    return answer(200, _explanation_answer(explained))


def mask(held: HeldIdentifier) -> str:
    """An identifier with all but its end hidden; of an e-mail address, the first letter and the domain are left."""
    value = held.value
    name, at, domain = value.rpartition("@")
    if at:
        return f"{name[:1]}•••@{domain}"
    shown = min(_SHOWN_CHARACTERS, len(value) // 3)
    return f"•••{value[len(value) - shown :]}"


def _find_one(
    conn: Connection, services: Services, identifier: Identifier, source: str, position: int
) -> list[customers.Match]:
    try:
        return customers.find_by_identifiers(conn, services.context.keyring, [identifier], source)
    except Refusal as refusal:
        refusal.field = f"identifiers[{position}].value"
        raise


def customer_id_of(request: Request) -> UUID:
    """The customer whom the path names. Refuses ``NotFound`` for what can be nobody's."""
    text = request.params["customer_id"]
    if not _UUID.fullmatch(text):
        raise NotFound("There is no such customer.", field="customer_id")
    return UUID(text)


async def standing_customer_of(services: Services, request: Request) -> UUID:
    """The customer whom the path names, or who goes on in that one's place. Refuses ``NotFound``."""
    customer_id = customer_id_of(request)
    return await services.lanes.read(lambda conn: customers.survivor_of(conn, customer_id))


def _integer(query: dict[str, str], name: str, most: int) -> int | None:
    text = query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and 1 <= int(text) <= most):
        raise InvalidRequest(
            f"The parameter {name} is not a whole number from 1 to {most}.",
            field=name,
            remedy="Use next_cursor of the page before, or leave it out." if name == "cursor" else "Leave it out.",
        )
    return int(text)


def _ended_answer(one: EndedMatch, key: ApiKey | None) -> EndedAnswer:
    may_see = key is not None and ApiScope.CUSTOMERS_READ in key.scopes
    return EndedAnswer(one.kind, one.ended_at, one.reason, one.replaced, one.customer_id if may_see else None)


def _no_entry() -> NotFound:
    return NotFound("There is no such entry.", field="entry_id")


def _lot_answer(lot: Lot) -> LotAnswer:
    return LotAnswer(cast("PointKind", lot.kind.label), lot.points, lot.expires_on)


def _balance_answer(balance: Balance) -> BalanceAnswer:
    expiring = balance.next_expiry
    return BalanceAnswer(
        balance.available, balance.regular, balance.limited, None if expiring is None else _lot_answer(expiring)
    )


def _customer_answer(overview: Overview) -> CustomerAnswer:
    customer = overview.customer
    return CustomerAnswer(
        customer.customer_id,
        customer.joined_at,
        customer.profile.invented,
        [IdentifierAnswer(held.kind, mask(held), held.linked_at) for held in customer.identifiers],
        _balance_answer(overview.balance),
        overview.figures.purchases,
        overview.figures.last_at,
    )


def _entry_answer(entry: Entry) -> EntryAnswer:
    return EntryAnswer(
        entry.entry_id,
        entry.type.value,
        entry.points,
        entry.balance_after,
        [_lot_answer(move) for move in entry.moves],
        entry.store,
        entry.purchase_id,
        entry.occurred_at,
        entry.recorded_at,
    )


def _explanation_answer(explained: EntryExplanation) -> ExplanationAnswer:
    version = explained.version
    return ExplanationAnswer(
        _entry_answer(explained.entry),
        explained.sentence,
        [StepAnswer(step.label, step.value) for step in explained.steps],
        None
        if version is None
        else VersionAnswer(
            version.version, version.settings.name, version.effective_at, version.author, version.reason
        ),
    )
