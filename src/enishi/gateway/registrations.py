"""Members who join by the app, the shop or a counter, without a purchase."""

from __future__ import annotations

from typing import Final

from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier, Profile
from enishi.flows import CardEnded, RegisteredMember, Registration, UnprocessableOperation
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.http import Request, Response, answer
from enishi.gateway.keys import require_store
from enishi.gateway.model import StoreNotAllowed
from enishi.gateway.parameters import ACCEPT_LANGUAGE
from enishi.gateway.purchases import award_answer, balance_answer
from enishi.gateway.registration_model import RegistrationAnswer, RegistrationBody
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services

_CREATED: Final = 201
_KNOWN: Final = 200
_body: Final = BodyDecoder(RegistrationBody)


async def register_member(services: Services, request: Request) -> Response:
    """Register a member: 201, and 200 for somebody who is known. Refuses ``CardEnded``, ``InvalidIdentifier``."""
    body = _body.decode(await request.read_json())
    if body.store:
        require_store(request.key, body.store)
    registration = Registration(
        source=body.source,
        identifiers=body.identifiers,
        profile=Profile(body.person.name, body.person.name_kana, body.person.birth_date),
        store=body.store,
    )
    actor = f"key:{request.key.key_id}" if request.key else ""
    done: RegisteredMember = await services.lanes.operate("registrations", (registration, actor))
    return answer(
        _KNOWN if done.replayed else _CREATED,
        RegistrationAnswer(
            done.customer_id,
            done.replayed,
            [award_answer(one, request.locale) for one in done.awards],
            balance_answer(done.balance),
        ),
    )


REGISTRATION_ROUTES: Final = (
    Route(
        method="POST",
        path="/v1/customers",
        handler=register_member,
        tag="Customers",
        summary="Register a member",
        description=(
            "Makes somebody known who joins without a purchase, and gives them at once what campaigns give for joining "
            "(`awards`). Sending it again, or after a purchase has made them known, gives the same member and no "
            "points twice: the identifiers decide who it is, and those that were missing are added. What was known of "
            "the person is kept."
        ),
        scope=ApiScope.CUSTOMERS_WRITE,
        body=RegistrationBody,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(
            Success(201, "Registered.", RegistrationAnswer),
            Success(200, "Known before.", RegistrationAnswer),
        ),
        own_refusals=(InvalidIdentifier, CardEnded, StoreNotAllowed, UnprocessableOperation),
    ),
)
