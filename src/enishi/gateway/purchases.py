"""Handlers that take purchases in: one, many, or only to say what one would earn."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final, Literal, cast

import msgspec
from psycopg import Connection

from enishi import flows
from enishi.access import ApiKey
from enishi.flows import AwardLine, BalanceLine, PendingLine, QuotedPurchase, RecordedPurchase
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.campaigns import not_applied_answer
from enishi.gateway.http import BODY_LIMIT, Locale, Request, Response, answer, encode_json
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import require_store
from enishi.gateway.model import (
    AwardAnswer,
    BalanceAnswer,
    BatchAnswer,
    BatchBody,
    BatchItem,
    LotAnswer,
    PendingAnswer,
    PointKind,
    PointsAnswer,
    Problem,
    PurchaseAnswer,
    QuoteAnswer,
)
from enishi.gateway.rank_words import rank_answer
from enishi.gateway.services import Services
from enishi.kit.errors import Refusal
from enishi.purchases import Purchase

BATCH_BODY_LIMIT: Final = 16 * BODY_LIMIT
"""Bytes of a batch."""

_LARGE_BODY: Final = 32 * 1024
_CREATED: Final = 201
_REPEATED: Final = 200

_purchase_body: Final = BodyDecoder(Purchase)
_batch_body: Final = BodyDecoder(BatchBody)


async def record_purchase(services: Services, request: Request) -> Response:
    """Record one purchase and answer once it is on disk: 201 the first time, 200 for a repeat."""
    purchase = await _decode(await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, purchase.store)
    recorded = await services.lanes.record(purchase)
    return answer(_status(recorded), _purchase_answer(recorded, request.locale))


async def record_batch(services: Services, request: Request) -> Response:
    """Record up to a thousand purchases, each on its own, and answer one outcome each in the order sent."""
    raw = await request.read_json(BATCH_BODY_LIMIT)
    # Decoding and encoding sixteen megabytes would hold up everybody else's requests; the bulk lane has time.
    return Response(
        200, await services.lanes.run_bulk(partial(_record_all, services, request.key, request.locale, raw))
    )


async def quote_purchase(services: Services, request: Request) -> Response:
    """Say what a purchase would earn and leave, by the code that records it; nothing is written."""
    purchase = await _decode(await request.read_json(), None)
    require_store(request.key, purchase.store)
    (quote,) = await services.lanes.read(lambda conn: flows.quote_purchases(conn, services.context, [purchase]))
    if isinstance(quote, Refusal):
        raise quote
    return answer(200, _quote_answer(quote, request.locale))


async def _decode(body: bytes, idempotency_key: str | None) -> Purchase:
    """``decode_keyed``, on another thread when the body is so large that the others would notice."""
    if len(body) > _LARGE_BODY:
        return await asyncio.to_thread(decode_keyed, _purchase_body, body, idempotency_key)
    return decode_keyed(_purchase_body, body, idempotency_key)


def _record_all(services: Services, key: ApiKey | None, locale: Locale, raw: bytes, conn: Connection) -> bytes:
    parts = _batch_body.decode_outline(raw).purchases
    items: list[BatchItem | None] = [None] * len(parts)
    positions: list[int] = []
    accepted: list[Purchase] = []
    for position, part in enumerate(parts):
        try:
            purchase = _purchase_body.decode(part)
            require_store(key, purchase.store)
        except Refusal as refusal:
            items[position] = _refused_item(services, refusal)
        else:
            positions.append(position)
            accepted.append(purchase)
    outcomes = services.lanes.record_on(conn, accepted)
    for position, outcome in zip(positions, outcomes, strict=True):
        if isinstance(outcome, Refusal):
            items[position] = _refused_item(services, outcome)
        else:
            items[position] = BatchItem(_status(outcome), purchase=_purchase_answer(outcome, locale))
    return encode_json(BatchAnswer([item for item in items if item is not None]))


def _refused_item(services: Services, refusal: Refusal) -> BatchItem:
    services.metrics.count_refusal(refusal.code)
    return BatchItem(refusal.status, problem=msgspec.convert(refusal.problem(), Problem))


def _status(recorded: RecordedPurchase) -> int:
    return _REPEATED if recorded.replayed else _CREATED


def _purchase_answer(recorded: RecordedPurchase, locale: Locale) -> PurchaseAnswer:
    return PurchaseAnswer(
        recorded.purchase_id,
        recorded.replayed,
        recorded.customer_id,
        recorded.occurred_at,
        recorded.recorded_at,
        recorded.total_yen,
        _points_answer(recorded, locale),
        recorded.notices,
        None if (held := recorded.rank) is None else rank_answer(held, locale),
    )


def _quote_answer(quote: QuotedPurchase, locale: Locale) -> QuoteAnswer:
    return QuoteAnswer(
        quote.customer_id,
        quote.total_yen,
        _points_answer(quote, locale),
        quote.notices,
        [not_applied_answer(one, locale) for one in quote.not_applied],
        None if (held := quote.rank) is None else rank_answer(held, locale),
    )


def _points_answer(outcome: RecordedPurchase | QuotedPurchase, locale: Locale) -> PointsAnswer:
    return PointsAnswer(
        outcome.points_earned,
        outcome.points_used,
        [award_answer(award, locale) for award in outcome.awards],
        None if outcome.balance is None else balance_answer(outcome.balance),
        [pending_answer(line, locale) for line in outcome.pending],
    )


def pending_answer(line: PendingLine, locale: Locale) -> PendingAnswer:
    """Pending points as the gateway writes them."""
    return PendingAnswer(
        line.purchase_id,
        cast("PointKind", line.kind),
        line.points,
        line.due_on,
        None if line.due_on is not None else cast("Literal['shipped', 'delivered'] | None", line.event),
        flows.explain_pending(line, locale),
    )


def award_answer(award: AwardLine, locale: Locale) -> AwardAnswer:
    """An award as the gateway writes it."""
    return AwardAnswer(
        cast("PointKind", award.kind),
        award.points,
        award.expires_on,
        flows.explain_award_in_a_sentence(award, locale),
        msgspec.UNSET if award.entry_id is None else award.entry_id,
        msgspec.UNSET if award.campaign is None else award.campaign.campaign,
    )


def balance_answer(balance: BalanceLine) -> BalanceAnswer:
    """A balance as the gateway writes it."""
    expiring = balance.next_expiry
    return BalanceAnswer(
        balance.available,
        balance.regular,
        balance.limited,
        None if expiring is None else LotAnswer(cast("PointKind", expiring.kind), expiring.points, expiring.expires_on),
    )
