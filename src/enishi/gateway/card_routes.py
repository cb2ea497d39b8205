"""The paths of cards."""

from __future__ import annotations

from typing import Final

from enishi.access import ApiScope
from enishi.customers import InvalidIdentifier, TooManyCards
from enishi.gateway import cards
from enishi.gateway.card_model import CardBody, CardEndAnswer, CardIssueAnswer, CardsAnswer
from enishi.gateway.parameters import CARD_REQUEST_KEY, CUSTOMER_ID
from enishi.gateway.route import Route, Success
from enishi.kit.errors import Conflict, InvalidRequest, NotFound

CARD_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/cards",
        handler=cards.list_cards,
        tag="Cards",
        summary="List a customer's cards",
        description="Every card that the customer has or had, living ones first. Numbers are masked.",
        scope=ApiScope.CUSTOMERS_READ,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "The cards.", CardsAnswer),),
        own_refusals=(NotFound,),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/cards",
        handler=cards.issue_card,
        tag="Cards",
        summary="Issue a further card",
        description=(
            "Issues a card with a number of our own beside those the customer has. The request has no body. Name it by "
            "`Idempotency-Key`, so that sending it again gives the same card and not one more."
        ),
        scope=ApiScope.CARDS_WRITE,
        parameters=(CUSTOMER_ID, CARD_REQUEST_KEY),
        answers=(
            Success(201, "Issued.", CardIssueAnswer),
            Success(200, "Issued before; the same card again.", CardIssueAnswer),
        ),
        own_refusals=(NotFound, TooManyCards, Conflict, InvalidRequest),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/cards:reissue",
        handler=cards.reissue_card,
        tag="Cards",
        summary="Replace a card",
        description=(
            "Ends a card and issues another in its place, both or neither: the old card is dead at once, the points "
            "stay where they are. A card is replaced once: asking again, with or without `Idempotency-Key`, gives the "
            "card that took its place. A card that was only ended can be replaced later."
        ),
        scope=ApiScope.CARDS_WRITE,
        body=CardBody,
        parameters=(CUSTOMER_ID, CARD_REQUEST_KEY),
        answers=(
            Success(201, "Replaced.", CardIssueAnswer),
            Success(200, "Replaced before; the same card again.", CardIssueAnswer),
        ),
        own_refusals=(NotFound, TooManyCards, Conflict, InvalidIdentifier),
    ),
    Route(
        method="POST",
        path="/v1/customers/{customer_id}/cards:end",
        handler=cards.end_card,
        tag="Cards",
        summary="End a card",
        description=(
            "Ends a card for good, without another in its place. From then on it names nobody, and its number is never "
            "linked or issued again. A card that has ended before stays as it ended."
        ),
        scope=ApiScope.CARDS_WRITE,
        body=CardBody,
        parameters=(CUSTOMER_ID,),
        answers=(Success(200, "It has ended.", CardEndAnswer),),
        own_refusals=(NotFound, InvalidIdentifier),
    ),
)
