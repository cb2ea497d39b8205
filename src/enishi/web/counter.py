"""The counter's endpoints: who stands at the till, what they may spend, and why."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import Field

from enishi import audit
from enishi.access import Permission
from enishi.web import reading
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.shapes import Body, CustomerBrief, CustomerShape, EntryShape, Explanation, PurchaseItem, Shape
from enishi.web.standing import StandingShape, read_standing

router = APIRouter(prefix="/api/counter", tags=["counter"])

VISITS_SHOWN = 5
MOVEMENTS_SHOWN = 5


class Lookup(Body):
    """A scanned card or a typed phone number."""

    query: Annotated[str, Field(min_length=1, max_length=256)]


class LookupResult(Shape):
    """Who it may be."""

    customers: list[CustomerBrief]


class CounterCustomer(Shape):
    """One customer for the staff: identifiers always masked, last visits, and what else moved points lately."""

    customer: CustomerShape
    standing: StandingShape
    visits: list[PurchaseItem]
    movements: list[EntryShape]


@router.post("/lookup")
def look_up(
    body: Lookup, caller: Annotated[Caller, requires(Permission.COUNTER_USE)], conn: Conn, use: Use
) -> LookupResult:
    """Find the customer by card or phone. Each look-up is recorded."""
    customers, searched_as = reading.find_customers(conn, use, body.query, caller, masked=True)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="customers.searched",
        detail={"face": "counter", "searched_as": searched_as, "found": len(customers)},
        at=use.clock(),
    )
    return LookupResult(customers=customers)


@router.get("/customers/{customer_id}")
def read_customer(
    customer_id: UUID,
    caller: Annotated[Caller, requires(Permission.COUNTER_USE)],
    conn: Conn,
    use: Use,
    language: Language,
) -> CounterCustomer:
    """One customer with the last visits to the operator's stores. Each view is recorded."""
    customer = reading.read_customer(conn, use, customer_id, stores=caller.stores, masked=True)
    visits = reading.read_timeline(
        conn,
        use,
        reading.TimelineRequest(customer_id, None, VISITS_SHOWN, "purchases", caller.stores, language),
    )
    view = reading.make_view(conn, language)
    audit.record_event(
        conn,
        actor=caller.actor,
        action="customer.viewed",
        target=f"customer:{customer_id}",
        detail={"face": "counter", "identifiers": "masked"},
        at=use.clock(),
    )
    return CounterCustomer(
        customer=customer,
        standing=read_standing(conn, use, customer_id, view, caller.stores),
        visits=[item for item in visits.items if isinstance(item, PurchaseItem)],
        movements=reading.read_movements(conn, customer_id, MOVEMENTS_SHOWN, caller.stores, view),
    )


@router.get("/entries/{entry_id}/explanation")
def explain_entry(
    entry_id: str,
    caller: Annotated[Caller, requires(Permission.COUNTER_USE)],
    conn: Conn,
    use: Use,
    language: Language,
) -> Explanation:
    """Why an entry has the points it has."""
    return reading.explain_entry(conn, use, entry_id, reading.Reader(caller.stores, None, language))
