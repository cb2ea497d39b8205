"""Points that change hands at head office: a gift to another customer, and who belongs to a family."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection
from pydantic import Field

from enishi import customers, flows, ledger, program
from enishi.access import Permission
from enishi.flows import Party, Transfer, TransferredPoints, Way
from enishi.kit.errors import Refusal
from enishi.web.adjusting_shapes import PositivePoints, StoreCode
from enishi.web.authority import SOURCE, names_of_customers, require_store, stores_of
from enishi.web.declare import Caller, Conn, Resources, Use, requires
from enishi.web.shapes import Body, NamedCustomer, Shape, StoreRef

router = APIRouter(prefix="/api/console/customers/{customer_id}", tags=["console"])

May = Annotated[Caller, requires(Permission.POINTS_TRANSFER)]
WayName = Literal["gift", "pool"]


class GiftTerms(Shape):
    """What the programme allows members to give: ``fee`` comes on top; of ``a_day``, ``left_today`` is left."""

    gifts: bool
    fee: int
    each: int
    a_day: int
    left_today: int


class FamilyShape(Shape):
    """A family: its head, and who may move points to the head."""

    head: NamedCustomer
    members: list[NamedCustomer]


class TransferPage(Shape):
    """What is needed to move a customer's points: terms, stores, and the family they belong to, if any.

    ``own_family`` is the one that the customer heads; ``family`` the one whose head they may move points to.
    """

    customer: NamedCustomer
    terms: GiftTerms
    stores: list[StoreRef]
    own_family: FamilyShape
    family: FamilyShape | None
    members_most: int


class TransferToQuote(Body):
    """Points for somebody else: as a gift, or to the head of the customer's family."""

    recipient_id: UUID
    points: PositivePoints
    way: WayName = "gift"
    store: StoreCode


class TransferToRecord(TransferToQuote):
    """A transfer. ``request_id`` is the page's own: a second click with it is answered like the first."""

    request_id: UUID


class TransferEffect(Shape):
    """What a transfer does, or would do: ``available_after`` is the sender's. ``replayed``: it was done before."""

    way: WayName
    recipient: NamedCustomer
    points: int
    fee: int
    available_after: int
    replayed: bool


class FamilyBody(Body):
    """Who may move points to the customer: these, and nobody else."""

    members: Annotated[list[UUID], Field(max_length=100)]


@router.get("/transfers")
def read_transfers(customer_id: UUID, caller: May, conn: Conn, use: Use) -> TransferPage:
    """Terms, stores and family, for the form."""
    customers.load_customer(conn, use.context.keyring, customer_id)
    settings = flows.settings_at(conn, use.context, use.clock())
    day = program.day_in_zone(use.clock(), settings.zone_info)
    policy = settings.transfers
    given = ledger.sum_gifts_since(conn, [customer_id], flows.beginning_of(day, settings.zone_info))
    head_id = ledger.find_heads(conn, [customer_id]).get(customer_id)
    return TransferPage(
        customer=_named(conn, use, customer_id),
        terms=GiftTerms(
            gifts=policy.gifts,
            fee=policy.fee,
            each=policy.each,
            a_day=policy.a_day,
            left_today=max(0, policy.a_day - given.get(customer_id, 0)),
        ),
        stores=stores_of(conn, caller),
        own_family=_family(conn, use, customer_id),
        family=None if head_id is None else _family(conn, use, head_id),
        members_most=flows.MAX_FAMILY_MEMBERS,
    )


@router.post("/transfers:quote")
def quote_transfer(customer_id: UUID, body: TransferToQuote, caller: May, conn: Conn, use: Use) -> TransferEffect:
    """What a transfer would do, by the code that does it; nothing is written."""
    require_store(conn, caller, body.store)
    one = _transfer(customer_id, body, external_id="quote")
    return _effect(conn, use, flows.quote_transfer(conn, use.context, one, use.clock()))


@router.post("/transfers")
def transfer_points(customer_id: UUID, body: TransferToRecord, caller: May, conn: Conn, use: Use) -> TransferEffect:
    """Move points to somebody else: whole, or not at all."""
    require_store(conn, caller, body.store)
    one = _transfer(customer_id, body, external_id=str(body.request_id))
    (outcome,) = flows.transfer_points(conn, use.context, [one], caller.actor, use.clock())
    if isinstance(outcome, Refusal):
        raise outcome
    return _effect(conn, use, outcome)


@router.post("/family")
def set_family(customer_id: UUID, body: FamilyBody, caller: May, conn: Conn, use: Use) -> FamilyShape:
    """Say who belongs to the customer's family: 409 ``family-conflict`` for who is in another."""
    flows.set_family(conn, customer_id, list(dict.fromkeys(body.members)), caller.actor, use.clock())
    return _family(conn, use, customer_id)


def _transfer(customer_id: UUID, body: TransferToQuote, *, external_id: str) -> Transfer:
    return Transfer(
        source=SOURCE,
        external_id=external_id,
        sender=Party(customer_id),
        recipient=Party(body.recipient_id),
        points=body.points,
        way=Way(body.way),
        store=body.store,
    )


def _effect(conn: Connection, use: Resources, done: TransferredPoints) -> TransferEffect:
    return TransferEffect(
        way="gift" if done.way is Way.GIFT else "pool",
        recipient=_named(conn, use, done.recipient_id),
        points=done.points,
        fee=done.fee,
        available_after=done.balance.available,
        replayed=done.replayed,
    )


def _family(conn: Connection, use: Resources, head_id: UUID) -> FamilyShape:
    family = flows.read_family(conn, head_id)
    names = names_of_customers(conn, use, [head_id, *family.members])
    return FamilyShape(head=names[head_id], members=[names[one] for one in family.members])


def _named(conn: Connection, use: Resources, customer_id: UUID) -> NamedCustomer:
    return names_of_customers(conn, use, [customer_id])[customer_id]
