"""Cards on the three faces: the counter and the member replace a lost one, the console looks on."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import customers, flows
from enishi.access import Permission
from enishi.customers import Card, CardName, EndReason, IssuedCard
from enishi.kit.errors import NotFound
from enishi.wallet import APPLE_MEDIA_TYPE, MemberPass
from enishi.web.declare import Caller, Conn, Resources, Use, member, requires
from enishi.web.masking import mask_identifier
from enishi.web.shapes import Body, Shape

router = APIRouter()

CardId = Annotated[str, Field(min_length=1, max_length=64)]
RequestKey = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Literal["lost", "stolen", "damaged", "replaced", "withdrawn"]
Me = Annotated[UUID, member()]
_PERSONAL = {"cache-control": "no-store, private"}


class CardShape(Shape):
    """A card that a customer has or had; ``number`` is masked unless the viewer may read personal data."""

    card_id: str
    number: str
    linked_at: AwareDatetime
    ended_at: AwareDatetime | None
    ended_reason: Reason | None
    replaced_by: str | None


class CardList(Shape):
    """Every card of a customer: living ones first, each newest first."""

    cards: list[CardShape]


class WalletShape(Shape):
    """Which phone wallets are offered. ``is_test``: the demo's own certificate signs, which no phone trusts."""

    apple: bool
    google: bool
    is_test: bool


class MyCards(CardList):
    """The member's own cards, and the wallets they can be added to."""

    wallet: WalletShape


class NewCard(Shape):
    """A card that was issued, its number in full, and the card whose place it took."""

    card: CardShape
    replaces: CardShape | None
    replayed: bool


class EndedCard(Shape):
    """A card that is ended now."""

    card: CardShape
    replayed: bool


class CardToReplace(Body):
    """The card that is lost, and why it ends."""

    card_id: CardId
    reason: Reason = "lost"


class FurtherCard(Body):
    """A name for the request, so that a second tap gives the same card."""

    request_key: RequestKey


@router.get("/api/counter/customers/{customer_id}/cards", tags=["counter"])
def list_cards(
    customer_id: UUID, _caller: Annotated[Caller, requires(Permission.COUNTER_USE)], conn: Conn, use: Use
) -> CardList:
    """A customer's cards, always masked."""
    return _list(customers.load_cards(conn, use.context.keyring, customer_id), masked=True)


@router.post("/api/counter/customers/{customer_id}/cards", tags=["counter"])
def issue_card(
    customer_id: UUID,
    body: FurtherCard,
    caller: Annotated[Caller, requires(Permission.CARDS_REISSUE)],
    conn: Conn,
    use: Use,
) -> NewCard:
    """Give a customer a card beside those they have: 409 ``too-many-cards``."""
    issued = flows.issue_card(
        conn,
        use.context.keyring,
        customer_id,
        actor=caller.actor,
        prefix=use.settings.card_prefix,
        now=use.clock(),
        request_key=f"counter:{body.request_key}",
    )
    return _new_card(issued, masked=True)


@router.post("/api/counter/customers/{customer_id}/cards:reissue", tags=["counter"])
def reissue_card(
    customer_id: UUID,
    body: CardToReplace,
    caller: Annotated[Caller, requires(Permission.CARDS_REISSUE)],
    conn: Conn,
    use: Use,
) -> NewCard:
    """End a card and issue another in its place. A second tap, here or on another tablet, gives the same new card."""
    return _new_card(_reissue(conn, use, customer_id, body, caller.actor), masked=True)


@router.post("/api/counter/customers/{customer_id}/cards:end", tags=["counter"])
def end_card(
    customer_id: UUID,
    body: CardToReplace,
    caller: Annotated[Caller, requires(Permission.CARDS_REISSUE)],
    conn: Conn,
    use: Use,
) -> EndedCard:
    """End a card without another in its place."""
    ended = flows.end_card(
        conn,
        use.context.keyring,
        customer_id,
        CardName(body.card_id),
        EndReason(body.reason),
        actor=caller.actor,
        now=use.clock(),
    )
    return EndedCard(card=_present(ended.card, masked=True), replayed=ended.replayed)


@router.get("/api/console/customers/{customer_id}/cards", tags=["console"])
def list_cards_for_head_office(
    customer_id: UUID, caller: Annotated[Caller, requires(Permission.CUSTOMERS_READ)], conn: Conn, use: Use
) -> CardList:
    """A customer's cards with their state; masked unless the operator may read personal data."""
    cards = customers.load_cards(conn, use.context.keyring, customer_id)
    return _list(cards, masked=not caller.sees_personal_data)


@router.get("/api/my/cards", tags=["my"])
def list_my_cards(customer_id: Me, conn: Conn, use: Use) -> MyCards:
    """The member's cards, and the phone wallets that are offered."""
    cards = customers.load_cards(conn, use.context.keyring, customer_id)
    wallet = use.wallet
    return MyCards(
        cards=[_present(card, masked=False) for card in cards],
        wallet=WalletShape(apple=wallet.offers_apple(use.clock()), google=wallet.offers_google, is_test=wallet.is_test),
    )


@router.post("/api/my/cards:reissue", tags=["my"])
def reissue_my_card(body: CardToReplace, customer_id: Me, conn: Conn, use: Use) -> NewCard:
    """End one of the member's own cards and issue another in its place; a second tap gives the same new card."""
    return _new_card(_reissue(conn, use, customer_id, body, f"member:{customer_id}"), masked=False)


@router.get(
    "/api/my/cards/{card_id}/apple.pkpass",
    tags=["my"],
    response_class=Response,
    responses={200: {"content": {APPLE_MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}}}},
)
def read_apple_pass(card_id: str, customer_id: Me, conn: Conn, use: Use) -> Response:
    """The card for Apple Wallet; void when it has ended. 404 ``wallet-not-offered`` without a certificate."""
    one = _pass_of(conn, use, customer_id, card_id)
    return Response(
        use.wallet.apple_pass(one, use.clock()),
        media_type=APPLE_MEDIA_TYPE,
        headers=_PERSONAL | {"content-disposition": 'attachment; filename="member-card.pkpass"'},
    )


@router.get(
    "/api/my/cards/{card_id}/google-wallet",
    tags=["my"],
    response_class=RedirectResponse,
    status_code=303,
    responses={303: {"description": "To Google, which saves the card."}},
)
def open_google_wallet(card_id: str, customer_id: Me, conn: Conn, use: Use) -> Response:
    """Lead to Google Wallet with the card. 404 ``wallet-not-offered`` without a key."""
    one = _pass_of(conn, use, customer_id, card_id)
    return RedirectResponse(use.wallet.google_link(one, use.clock()), status_code=303, headers=_PERSONAL)


def _reissue(conn: Connection, use: Resources, customer_id: UUID, body: CardToReplace, actor: str) -> IssuedCard:
    return flows.reissue_card(
        conn,
        use.context.keyring,
        customer_id,
        CardName(body.card_id),
        EndReason(body.reason),
        actor=actor,
        prefix=use.settings.card_prefix,
        now=use.clock(),
    )


def _pass_of(conn: Connection, use: Resources, customer_id: UUID, card_id: str) -> MemberPass:
    cards = customers.load_cards(conn, use.context.keyring, customer_id)
    card = next((one for one in cards if one.card_id == card_id), None)
    if card is None:
        raise NotFound("There is no such card.", field="card_id")
    holder = customers.load_customer(conn, use.context.keyring, customer_id).profile.name
    return use.wallet.card(card.card_id, card.number, holder, voided=not card.is_living)


def _list(cards: list[Card], *, masked: bool) -> CardList:
    return CardList(cards=[_present(card, masked=masked) for card in cards])


def _new_card(issued: IssuedCard, *, masked: bool) -> NewCard:
    """The new card is shown in full, to be handed over; the old one as the viewer may see it."""
    return NewCard(
        card=_present(issued.card, masked=False),
        replaces=None if issued.replaces is None else _present(issued.replaces, masked=masked),
        replayed=issued.replayed,
    )


def _present(card: Card, *, masked: bool) -> CardShape:
    return CardShape(
        card_id=card.card_id,
        number=mask_identifier("card", card.number) if masked else card.number,
        linked_at=card.linked_at,
        ended_at=card.ended_at,
        ended_reason=None if card.ended_reason is None else card.ended_reason.value,
        replaced_by=card.replaced_by,
    )
