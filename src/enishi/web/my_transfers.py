"""A member's gifts to other members, and their family: terms first, then what it would do, then doing it, once.

Whom a gift goes to is said by member number or phone, and shown with the name masked: enough to recognise somebody one
knows, and too little to learn who a number belongs to. Trying numbers is limited.
"""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, catalog, customers, flows, ledger, program
from enishi.customers import IdentifierKind, InvalidIdentifier
from enishi.flows import Party, Transfer, TransferredPoints, TransferRefused, Way
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.web.declare import Conn, Resources, Use, member
from enishi.web.masking import mask_name
from enishi.web.shapes import Body, Shape

router = APIRouter(prefix="/api/my", tags=["my"])

Me = Annotated[UUID, member()]
SOURCE = "mypage"
STORE = catalog.Store("MYPAGE", "マイページ")
"""Where points change hands that no shop has to do with; it is in no settlement, because as many come as go."""
RECIPIENTS = "recipient"
SHOWN = 50
Points = Annotated[int, Field(ge=1, le=1_000_000_000)]


class GiftTermsShape(Shape):
    """What the programme lets members give: ``fee`` comes on top; of ``a_day``, ``left_today`` is left."""

    gifts: bool
    fee: int
    each: int
    a_day: int
    left_today: int


class FamilyMember(Shape):
    """Somebody of the family. ``me``: the member who looks."""

    name: str
    head: bool
    me: bool


class MyTransfer(Shape):
    """Points that came from (positive) or went to somebody, whose name is masked unless they are of the family."""

    entry_id: str
    at: AwareDatetime
    way: Literal["gift", "pool"]
    other: str
    points: int
    fee: int


class MyTransfers(Shape):
    """Terms of gifts, what can be given, the family (empty without one), and what has changed hands, newest first."""

    terms: GiftTermsShape
    available: int
    frozen: bool
    family: list[FamilyMember]
    may_pool: bool
    transfers: list[MyTransfer]


class GiftToQuote(Body):
    """Points for whoever has this member number or phone."""

    to: Annotated[str, Field(min_length=1, max_length=64)]
    points: Points


class GiftToRecord(GiftToQuote):
    """A gift. ``request_id`` is the page's own: a second tap with it is answered like the first."""

    request_id: UUID


class PoolToQuote(Body):
    """Points for the head of the family."""

    points: Points


class PoolToRecord(PoolToQuote):
    """Points for the head of the family; ``request_id`` as in a gift."""

    request_id: UUID


class TransferShown(Shape):
    """What a transfer does, or would do; ``available_after`` is the giver's. ``replayed``: it was done before."""

    recipient: str
    points: int
    fee: int
    available_after: int
    replayed: bool


@router.get("/transfers")
def read_transfers(customer_id: Me, conn: Conn, use: Use) -> MyTransfers:
    """What the member may give, to whom they belong, and what has changed hands."""
    settings = flows.settings_at(conn, use.context, use.clock())
    day = program.day_in_zone(use.clock(), settings.zone_info)
    given = ledger.sum_gifts_since(conn, [customer_id], flows.beginning_of(day, settings.zone_info))
    policy = settings.transfers
    overview = flows.customer_overview(conn, use.context, customer_id, now=use.clock())
    head_id = ledger.find_heads(conn, [customer_id]).get(customer_id)
    family = flows.read_family(conn, head_id or customer_id)
    people = [family.head_id, *family.members] if family.members else []
    found = flows.list_transfers(conn, customer_id, SHOWN)
    records = customers.load_customers(conn, use.context.keyring, [*people, *(one.other for one in found)])
    names = {one: record.profile.name for one, record in records.items()}
    return MyTransfers(
        terms=GiftTermsShape(
            gifts=policy.gifts,
            fee=policy.fee,
            each=policy.each,
            a_day=policy.a_day,
            left_today=max(0, policy.a_day - given.get(customer_id, 0)),
        ),
        available=overview.balance.available,
        frozen=ledger.frozen_since(conn, customer_id) is not None,
        family=[
            FamilyMember(name=names.get(one, ""), head=one == family.head_id, me=one == customer_id) for one in people
        ],
        may_pool=head_id is not None,
        transfers=[
            MyTransfer(
                entry_id=one.entry.entry_id,
                at=one.entry.occurred_at,
                way="gift" if one.way == Way.GIFT.value else "pool",
                other=names.get(one.other, "") if one.other in people else mask_name(names.get(one.other, "")),
                points=one.entry.points,
                fee=one.fee,
            )
            for one in found
        ],
    )


@router.post("/gifts:quote")
def quote_gift(body: GiftToQuote, customer_id: Me, conn: Conn, use: Use) -> TransferShown:
    """Who would get it and what it would cost: 404 ``not-found``, 409 ``transfer-refused``, 429 ``too-many-tries``."""
    one = _gift(conn, use, customer_id, body, external_id="quote")
    return _shown(conn, use, flows.quote_transfer(conn, use.context, one, use.clock()), masked=True)


@router.post("/gifts")
def give_points(body: GiftToRecord, customer_id: Me, conn: Conn, use: Use) -> TransferShown:
    """Give points to another member, whole or not at all; refusals as before."""
    one = _gift(conn, use, customer_id, body, external_id=f"{customer_id}:{body.request_id}")
    return _shown(conn, use, _record(conn, use, one, customer_id), masked=True)


@router.post("/pool:quote")
def quote_pool(body: PoolToQuote, customer_id: Me, conn: Conn, use: Use) -> TransferShown:
    """What moving points to the head of the family would do."""
    one = _pool(conn, customer_id, body, external_id="quote")
    return _shown(conn, use, flows.quote_transfer(conn, use.context, one, use.clock()), masked=False)


@router.post("/pool")
def pool_points(body: PoolToRecord, customer_id: Me, conn: Conn, use: Use) -> TransferShown:
    """Move points to the head of the family, freely and without a limit: 409 ``transfer-refused`` without a family."""
    one = _pool(conn, customer_id, body, external_id=f"{customer_id}:{body.request_id}")
    return _shown(conn, use, _record(conn, use, one, customer_id), masked=False)


def _gift(conn: Connection, use: Resources, customer_id: UUID, body: GiftToQuote, *, external_id: str) -> Transfer:
    recipient_id = _find_recipient(conn, use, customer_id, body.to)
    return _transfer(customer_id, recipient_id, body.points, Way.GIFT, external_id)


def _pool(conn: Connection, customer_id: UUID, body: PoolToQuote, *, external_id: str) -> Transfer:
    head_id = ledger.find_heads(conn, [customer_id]).get(customer_id)
    if head_id is None:
        raise TransferRefused(
            "You belong to no family whose head is somebody else.",
            field="points",
            remedy="Ask in the shop to be added to your family.",
            reason="family",
        )
    return _transfer(customer_id, head_id, body.points, Way.POOL, external_id)


def _transfer(sender_id: UUID, recipient_id: UUID, points: int, way: Way, external_id: str) -> Transfer:
    return Transfer(
        source=SOURCE,
        external_id=external_id,
        sender=Party(sender_id),
        recipient=Party(recipient_id),
        points=points,
        way=way,
        store=STORE.code,
    )


def _record(conn: Connection, use: Resources, one: Transfer, customer_id: UUID) -> TransferredPoints:
    if STORE.code not in catalog.load_stores(conn):
        catalog.save_stores(conn, [STORE])
    (outcome,) = flows.transfer_points(conn, use.context, [one], f"member:{customer_id}", use.clock())
    if isinstance(outcome, Refusal):
        raise outcome
    return outcome


def _find_recipient(conn: Connection, use: Resources, customer_id: UUID, typed: str) -> UUID:
    """Whoever has this card or phone number. Refuses ``NotFound``, which counts as a try, and ``TooManyTries``."""
    now = use.clock()
    access.require_guesses_left(conn, customer_id, RECIPIENTS, now)
    kinds = (IdentifierKind.CARD, IdentifierKind.PHONE)
    for identifier in [one for one in customers.guess_kinds(typed) if one.kind in kinds]:
        try:
            found = customers.find_by_identifiers(conn, use.context.keyring, [identifier])
        except InvalidIdentifier:
            # What can not be a phone number may still be a card's.
            continue
        if found and found[0].customer_id == customer_id:
            raise InvalidRequest("This is your own number.", field="to", remedy="Enter the other member's.")
        if found:
            return found[0].customer_id
    access.note_guess(conn, customer_id, RECIPIENTS, now)
    # The try is used up, whatever the answer.
    conn.commit()
    raise NotFound("No member has this number.", field="to", remedy="Ask them for their member number or phone.")


def _shown(conn: Connection, use: Resources, done: TransferredPoints, *, masked: bool) -> TransferShown:
    name = customers.load_customer(conn, use.context.keyring, done.recipient_id).profile.name
    return TransferShown(
        recipient=mask_name(name) if masked else name,
        points=done.points,
        fee=done.fee,
        available_after=done.balance.available,
        replayed=done.replayed,
    )
