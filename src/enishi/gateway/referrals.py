"""Referrals for machines: a member's code, claiming one when somebody joins, and what has come of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from psycopg import Connection

from enishi import customers, referrals
from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier
from enishi.flows import CardEnded, NoCustomerForPoints, ReferralClaim, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.customers import standing_customer_of
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keys import require_store
from enishi.gateway.model import DEFAULT_PAGE, MAX_PAGE, StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE, CUSTOMER_ID, LIMIT, Parameter
from enishi.gateway.referral_model import (
    ClaimReferralAnswer,
    ClaimReferralBody,
    CustomerReferralsAnswer,
    FindingAnswer,
    ReferralAnswer,
    ReferralCodeAnswer,
    ReferralsAnswer,
)
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.referrals import Referral, ReferralRefused, ReferralState, UnknownReferralCode

_CREATED: Final = 201
_REPEATED: Final = 200
_claim_body: Final = BodyDecoder(ClaimReferralBody)


async def claim_referral(services: Services, request: Request) -> Response:
    """Claim a code: 201 the first time, 200 for a repeat."""
    body = _claim_body.decode(await request.read_json())
    if body.store:
        require_store(request.key, body.store)
    claim = ReferralClaim(**{name: getattr(body, name) for name in ClaimReferralBody.__struct_fields__})
    done = await services.lanes.operate("referrals", (claim, _actor(request)))
    return answer(
        _REPEATED if done.replayed else _CREATED,
        ClaimReferralAnswer(done.replayed, _referral_answer(done.referral, request.locale, clock.now())),
    )


async def make_referral_code(services: Services, request: Request) -> Response:
    """A member's own code, made at the first time. Refuses ``NotFound``."""
    customer_id = await standing_customer_of(services, request)
    now = clock.now()

    def make(conn: Connection) -> tuple[str, list[str]]:
        if customer_id not in customers.find_known(conn, [customer_id]):
            raise NotFound("There is no such customer.", field="customer_id")
        version = referrals.version_at(referrals.load_versions(conn), now)
        terms = [] if version is None else referrals.describe(version.settings, request.locale)
        return referrals.code_of(conn, customer_id, now), terms

    code, terms = await services.lanes.read(make)
    spelt = referrals.spell_code(code)
    return answer(200, ReferralCodeAnswer(customer_id, code, spelt, f"/my/join/{code}", terms))


async def list_customer_referrals(services: Services, request: Request) -> Response:
    """Referrals of a customer, on both sides. Refuses ``NotFound``."""
    customer_id = await standing_customer_of(services, request)

    def load(conn: Connection) -> list[Referral]:
        if customer_id not in customers.find_known(conn, [customer_id]):
            raise NotFound("There is no such customer.", field="customer_id")
        return referrals.load_referrals_of(conn, customer_id)

    now = clock.now()
    found = [
        (one.referee_id == customer_id, _referral_answer(one, request.locale, now))
        for one in await services.lanes.read(load)
    ]
    own = next((shown for is_own, shown in found if is_own), None)
    return answer(200, CustomerReferralsAnswer(customer_id, own, [shown for is_own, shown in found if not is_own]))


async def list_referrals(services: Services, request: Request) -> Response:
    """Referrals in a state, newest first, in pages. Refuses ``InvalidRequest``."""
    query = request.read_query(("state", "cursor", "limit"))
    state = query.get("state")
    if state is not None and state not in set(ReferralState):
        raise InvalidRequest(
            "There is no such state.", field="state", remedy=f"Send one of: {', '.join(ReferralState)}."
        )
    limit = _limit(query.get("limit"))
    before = _open_cursor(query.get("cursor"))
    stores = None if request.key is None or request.key.store_codes is None else sorted(request.key.store_codes)
    found = await services.lanes.read(
        lambda conn: referrals.list_referrals(
            conn,
            states=None if state is None else [ReferralState(state)],
            stores=stores,
            before=before,
            limit=limit + 1,
        )
    )
    page = found[:limit]
    now = clock.now()
    cursor = f"{page[-1].claimed_at.isoformat()}_{page[-1].referral_id}" if len(found) > limit else None
    return answer(200, ReferralsAnswer([_referral_answer(one, request.locale, now) for one in page], cursor))


def _limit(text: str | None) -> int:
    if text is None:
        return DEFAULT_PAGE
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_PAGE):
        raise InvalidRequest(
            "The limit is no number within its bounds.", field="limit", remedy=f"Send 1 to {MAX_PAGE}."
        )
    return int(text)


def _open_cursor(text: str | None) -> tuple[datetime, UUID] | None:
    if text is None:
        return None
    at, _, referral_id = text.partition("_")
    try:
        instant = datetime.fromisoformat(at)
        position = instant, UUID(referral_id)
    except ValueError:
        position = None
    if position is None or position[0].tzinfo is None:
        raise InvalidRequest(
            "The cursor is not one that this list gave out.", field="cursor", remedy="Start without a cursor."
        )
    return position


def _referral_answer(one: Referral, locale: referrals.Locale, now: datetime) -> ReferralAnswer:
    pairs = ((one.referrer_id, one.referrer_seq), (one.referee_id, one.referee_seq))
    return ReferralAnswer(
        referral_id=one.referral_id,
        referrer_id=one.referrer_id,
        referee_id=one.referee_id,
        code=one.code,
        version=one.version,
        state=one.state_at(now),
        claimed_at=one.claimed_at,
        purchase_by=one.purchase_by,
        purchase_id=one.purchase_id,
        due_at=one.due_at,
        settled_at=one.settled_at,
        referrer_points=one.referrer_points,
        referee_points=one.referee_points,
        entries=[f"{customer_id}-{seq}" for customer_id, seq in pairs if seq is not None],
        findings=[FindingAnswer(found.rule, referrals.explain_finding(found, locale)) for found in one.findings],
    )


def _actor(request: Request) -> str:
    return f"key:{request.key.key_id}" if request.key else ""


_STATE: Final = Parameter(
    "state", "query", "Only those in this state.", {"type": "string", "enum": list(ReferralState)}
)
_CURSOR: Final = Parameter(
    "cursor",
    "query",
    "`next_cursor` of the page before. Leave it out for the newest.",
    {"type": "string", "maxLength": 100},
)

REFERRAL_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/referrals:claim",
        handler=claim_referral,
        tag="Referrals",
        summary="Claim a referral code",
        description=(
            "Says that a new member was brought by whoever has the code. A person is referred once: the same code "
            "again is answered as the first time, another one is refused. What looks like one person, one household "
            "or a ring is recorded as `held`, with the findings, and pays nothing until an operator approves. Hints "
            "(device, address, means of payment) help to tell; only their blind index is kept."
        ),
        scope=ApiScope.REFERRALS_WRITE,
        body=ClaimReferralBody,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(
            Success(201, "Recorded.", ClaimReferralAnswer),
            Success(200, "Recorded before; this is how it stands.", ClaimReferralAnswer),
        ),
        own_refusals=(
            StoreNotAllowed,
            InvalidIdentifier,
            NoCustomerForPoints,
            CardEnded,
            NotFound,
            UnknownReferralCode,
            ReferralRefused,
            UnprocessableOperation,
        ),
    ),
    Route(
        method="GET",
        path="/v1/referrals",
        handler=list_referrals,
        tag="Referrals",
        summary="List referrals",
        description="Referrals, newest first. A key that is bound to stores sees those that were claimed there.",
        scope=ApiScope.REFERRALS_READ,
        parameters=(_STATE, _CURSOR, LIMIT, ACCEPT_LANGUAGE),
        answers=(Success(200, "A page of referrals.", ReferralsAnswer),),
        own_refusals=(InvalidRequest,),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/referral-code",
        handler=make_referral_code,
        tag="Referrals",
        summary="Show a member's own code",
        description=(
            "The code is made when it is first asked for and never changes: eight letters and digits, none of which is "
            "mistaken for another. `path` is the page of this installation that carries it; `terms` are the "
            "programme's sentences. The request has no body."
        ),
        scope=ApiScope.REFERRALS_WRITE,
        parameters=(CUSTOMER_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The code.", ReferralCodeAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/referrals",
        handler=list_customer_referrals,
        tag="Referrals",
        summary="List a customer's referrals",
        description="By whom the customer was referred, and whom they have referred, newest first, 200 at most.",
        scope=ApiScope.REFERRALS_READ,
        parameters=(CUSTOMER_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The referrals.", CustomerReferralsAnswer),),
        own_refusals=(NotFound,),
    ),
)
