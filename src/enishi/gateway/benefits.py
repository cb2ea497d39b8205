"""Benefits for machines: does this customer ship free, may they buy the product now, and was it handed over."""

from __future__ import annotations

from typing import Final

from psycopg import Connection

from enishi import benefits, flows
from enishi.access import ApiScope
from enishi.benefits import (
    BenefitAlreadyGiven,
    BenefitKind,
    BenefitNotDue,
    BenefitState,
    Entitlement,
    Give,
    Locale,
    Occasion,
    Standing,
    UndoTooLate,
    UnknownBenefit,
)
from enishi.flows import CustomerBenefits, GiveOrder, UnprocessableOperation
from enishi.gateway.benefit_model import (
    BenefitAnswer,
    ConditionAnswer,
    CustomerBenefitsAnswer,
    GiveAnswer,
    GiveBody,
    TierAnswer,
    UndoAnswer,
    UndoBody,
)
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import standing_customer_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keyed import decode_keyed
from enishi.gateway.keys import require_store
from enishi.gateway.model import IdempotencyKeyMismatch, StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE, CUSTOMER_ID, IDEMPOTENCY_KEY, Parameter
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.purchases import IdempotencyConflict

_CREATED: Final = 201
_REPEATED: Final = 200
_CHANNELS: Final = ("pos", "ec", "app", "line")
_MAX_YEN: Final = 1_000_000_000
_LONGEST: Final = 128

_give_body: Final = BodyDecoder(GiveBody)
_undo_body: Final = BodyDecoder(UndoBody)


async def list_benefits(services: Services, request: Request) -> Response:
    """What a customer is entitled to. Refuses ``NotFound``, and ``InvalidRequest`` for a bad query."""
    customer_id = await standing_customer_of(services, request)
    now = clock.now()
    occasion = _occasion(request.read_query(("store", "channel", "sku", "amount_yen")))
    found = await services.lanes.read(
        lambda conn: flows.customer_benefits(conn, services.context, customer_id, occasion, now=now)
    )
    tier = found.standing.tier
    name = None if tier is None else tier.name_ja if request.locale == "ja" else tier.name_en
    return answer(
        200,
        CustomerBenefitsAnswer(
            customer_id,
            now,
            found.version,
            None if tier is None or name is None else TierAnswer(tier.code, tier.level, name),
            [_benefit_answer(one, found, request.locale) for one in found.entitlements],
        ),
    )


async def give_benefit(services: Services, request: Request) -> Response:
    """Mark a benefit as given: 201 the first time, 200 for a repeat."""
    customer_id = await standing_customer_of(services, request)
    body = decode_keyed(_give_body, await request.read_json(), request.headers.get("idempotency-key"))
    require_store(request.key, body.store)
    order = GiveOrder(
        source=body.source,
        external_id=body.external_id,
        customer_id=customer_id,
        benefit=_code_of(request),
        store=body.store,
        channel=body.channel,
        terminal=body.terminal,
    )
    done = await services.lanes.operate("benefits", (order, _actor(request)))
    return answer(_REPEATED if done.replayed else _CREATED, _give_answer(done.give, done.left, replayed=done.replayed))


async def undo_benefit(services: Services, request: Request) -> Response:
    """Take a mark back. Refuses ``NotFound``, ``UndoTooLate``."""
    customer_id = await standing_customer_of(services, request)
    body = _undo_body.decode(await request.read_json())
    stores = None if request.key is None or request.key.store_codes is None else sorted(request.key.store_codes)

    def undo(conn: Connection) -> Give:
        return benefits.undo_give(
            conn,
            body.give_id,
            body.reason,
            customer_id=customer_id,
            stores=stores,
            actor=_actor(request),
            now=clock.now(),
        )

    give = await services.lanes.read(undo)
    return answer(200, UndoAnswer(give.give_id, customer_id, give.benefit, give.undone_at or give.given_at))


def _occasion(query: dict[str, str]) -> Occasion:
    channel, amount = query.get("channel"), query.get("amount_yen")
    if channel is not None and channel not in _CHANNELS:
        raise InvalidRequest(
            "There is no such channel.", field="channel", remedy=f"Send one of: {', '.join(_CHANNELS)}."
        )
    for name in ("store", "sku"):
        if len(query.get(name, "")) > _LONGEST:
            raise InvalidRequest("The code is too long.", field=name, remedy=f"Send at most {_LONGEST} characters.")
    yen: int | None = None
    if amount is not None:
        if not (amount.isascii() and amount.isdigit() and len(amount) < len(str(_MAX_YEN * 10))):
            raise InvalidRequest("The amount is no number.", field="amount_yen", remedy="Send whole yen.")
        yen = int(amount)
    # Time and zone are those of the answer.
    return Occasion(clock.now(), "", query.get("store") or None, channel, yen, query.get("sku") or None)


def _benefit_answer(one: Entitlement, found: CustomerBenefits, locale: Locale) -> BenefitAnswer:
    benefit = one.benefit
    standing: Standing = found.standing
    return BenefitAnswer(
        code=benefit.code,
        kind=benefit.kind,
        name=benefits.name_of(benefit, locale),
        note=benefits.note_of(benefit, locale),
        entitled=one.state is BenefitState.AVAILABLE,
        state=one.state,
        reason=benefits.explain(one, standing, found.zone, locale),
        to_give=one.is_due,
        left=one.left,
        opens_at=one.opens_at,
        min_amount_yen=benefit.min_amount_yen if benefit.kind is BenefitKind.FREE_SHIPPING else None,
        skus=benefit.skus,
        conditions=[
            ConditionAnswer(step.label, step.holds, step.found, step.needed)
            for step in benefits.steps_of(one, standing, found.zone, locale)
        ],
    )


def _give_answer(give: Give, left: int, *, replayed: bool) -> GiveAnswer:
    return GiveAnswer(
        give.give_id,
        replayed,
        give.customer_id,
        give.benefit,
        give.number,
        left,
        give.store,
        give.given_at,
        give.undone_at is not None,
    )


def _code_of(request: Request) -> str:
    return request.params["code"]


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


_BENEFIT_CODE: Final = Parameter(
    "code", "path", "The benefit, by its code.", {"type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,39}$"}, "cake"
)


def _asked(name: str, description: str, schema: dict[str, object]) -> Parameter:
    return Parameter(name, "query", description, schema)


BENEFIT_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/benefits",
        handler=list_benefits,
        tag="Benefits",
        summary="Show what a customer is entitled to",
        description=(
            "Every benefit in force as the customer stands to it now, each with the conditions that hold and those "
            "that do not. Name store, channel, product and amount to have them looked at too: whether this order "
            "ships free, whether this product may be bought already. What is not named refuses nothing."
        ),
        scope=ApiScope.BENEFITS_READ,
        parameters=(
            CUSTOMER_ID,
            _asked("store", "Where it would be used.", {"type": "string", "maxLength": _LONGEST}),
            _asked("channel", "How it would be used.", {"type": "string", "enum": list(_CHANNELS)}),
            _asked("sku", "For which product.", {"type": "string", "maxLength": _LONGEST}),
            _asked("amount_yen", "For an order of how much.", {"type": "integer", "minimum": 0, "maximum": _MAX_YEN}),
            ACCEPT_LANGUAGE,
        ),
        answers=(Success(200, "The benefits.", CustomerBenefitsAnswer),),
        own_refusals=(NotFound, InvalidRequest),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/benefits/{code}:give",
        handler=give_benefit,
        tag="Benefits",
        summary="Mark a benefit as given",
        description=(
            "Says that a benefit was handed over or used. It is marked at most as often as its limit says, however "
            "many ask at once; who comes second hears when and where it was given. `(source, external_id)` is the "
            "idempotency key."
        ),
        scope=ApiScope.BENEFITS_GIVE,
        body=GiveBody,
        parameters=(CUSTOMER_ID, _BENEFIT_CODE, IDEMPOTENCY_KEY),
        answers=(
            Success(201, "Marked.", GiveAnswer),
            Success(200, "Marked before; this is the first answer again.", GiveAnswer),
        ),
        own_refusals=(
            NotFound,
            UnknownBenefit,
            StoreNotAllowed,
            BenefitNotDue,
            BenefitAlreadyGiven,
            IdempotencyConflict,
            IdempotencyKeyMismatch,
            InvalidRequest,
            UnprocessableOperation,
        ),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/benefits:undo",
        handler=undo_benefit,
        tag="Benefits",
        summary="Take back a mark",
        description=(
            "Says that a mark was a mistake, within the minutes that head office has set. The mark stays on record, "
            "and the benefit can be given again."
        ),
        scope=ApiScope.BENEFITS_GIVE,
        body=UndoBody,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "Taken back.", UndoAnswer),),
        own_refusals=(NotFound, UndoTooLate),
    ),
)
