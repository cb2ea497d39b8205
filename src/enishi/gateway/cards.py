"""Handlers for cards: list them, issue a further one, replace a lost one, end one."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from psycopg import Connection

from enishi import customers, flows
from enishi.customers import Card, CardName, HeldIdentifier, IssuedCard
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.card_model import (
    CardAnswer,
    CardBody,
    CardEndAnswer,
    CardIssueAnswer,
    CardsAnswer,
    NewCardAnswer,
)
from enishi.gateway.customers import mask, standing_customer_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import read_idempotency_key
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.identifiers import IdentifierKind

_CREATED: Final = 201
_REPEATED: Final = 200

_card_body: Final = BodyDecoder(CardBody)


async def list_cards(services: Services, request: Request) -> Response:
    """Every card of a customer, masked. Refuses ``NotFound``."""
    customer_id = await standing_customer_of(services, request)
    cards = await services.lanes.read(
        lambda conn: customers.load_cards(conn, services.context.keyring, customer_id),
    )
    return answer(200, CardsAnswer(customer_id, [_card_answer(card) for card in cards]))


async def issue_card(services: Services, request: Request) -> Response:
    """Give a customer a further card: 201, and 200 for a repeat. Refuses ``NotFound``, ``TooManyCards``."""
    customer_id = await standing_customer_of(services, request)
    request_key = _request_key(services, request)

    def issue(conn: Connection) -> IssuedCard:
        return flows.issue_card(
            conn,
            services.context.keyring,
            customer_id,
            actor=_actor(request),
            prefix=services.settings.card_prefix,
            now=clock.now(),
            request_key=request_key,
        )

    return _issue_answer(customer_id, await services.lanes.read(issue))


async def reissue_card(services: Services, request: Request) -> Response:
    """End a card and issue another in its place: 201, and 200 when that was done before."""
    customer_id = await standing_customer_of(services, request)
    request_key = _request_key(services, request)
    body = _card_body.decode(await request.read_json())

    def reissue(conn: Connection) -> IssuedCard:
        return flows.reissue_card(
            conn,
            services.context.keyring,
            customer_id,
            CardName(body.card_id, body.number),
            body.reason,
            actor=_actor(request),
            prefix=services.settings.card_prefix,
            now=clock.now(),
            request_key=request_key,
        )

    return _issue_answer(customer_id, await services.lanes.read(reissue))


async def end_card(services: Services, request: Request) -> Response:
    """End a card without another in its place. A card that has ended stays as it is."""
    customer_id = await standing_customer_of(services, request)
    body = _card_body.decode(await request.read_json())
    ended = await services.lanes.read(
        lambda conn: flows.end_card(
            conn,
            services.context.keyring,
            customer_id,
            CardName(body.card_id, body.number),
            body.reason,
            actor=_actor(request),
            now=clock.now(),
        )
    )
    return answer(200, CardEndAnswer(customer_id, ended.replayed, _card_answer(ended.card)))


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


def _request_key(services: Services, request: Request) -> str | None:
    """What the caller named the request: two callers who choose the same name are kept apart."""
    key = read_idempotency_key(request.headers.get("idempotency-key"))
    if key is None:
        return None
    return services.context.keyring.digest(f"{_actor(request)}\x1f{key}".encode()).hex()


def _issue_answer(customer_id: UUID, issued: IssuedCard) -> Response:
    card = issued.card
    return answer(
        _REPEATED if issued.replayed else _CREATED,
        CardIssueAnswer(
            customer_id,
            issued.replayed,
            NewCardAnswer(card.card_id, card.number, card.linked_at),
            None if issued.replaces is None else _card_answer(issued.replaces),
        ),
    )


def _card_answer(card: Card) -> CardAnswer:
    masked = mask(HeldIdentifier(IdentifierKind.CARD, card.number, card.linked_at))
    return CardAnswer(card.card_id, masked, card.linked_at, card.ended_at, card.ended_reason, card.replaced_by)
