"""Points apart from those that can be spent, as pages show them: to come, set aside; and whether the account is frozen.

Whoever is scoped to stores sees the sums and when they change, and of other stores' receipts and orders nothing more.
"""

from datetime import date
from uuid import UUID

from psycopg import Connection
from pydantic import AwareDatetime

from enishi import flows
from enishi.flows import AwaitedPoints
from enishi.ledger import Hold
from enishi.web.declare import Resources
from enishi.web.presenting import View, present_purchase, present_steps
from enishi.web.shapes import ExplanationStep, PointKind, PurchaseBrief, Shape, StoreRef


class PendingShape(Shape):
    """Points that a purchase has earned and that can not be used yet.

    ``due_on``: from this day on they can be; null while they wait for an event. ``when`` says it in a sentence, ``why``
    how they were earned; it and ``purchase`` are null, and ``steps`` empty, for a receipt that the viewer may not see.
    """

    purchase: PurchaseBrief | None
    kind: PointKind
    points: int
    due_on: date | None
    when: str
    why: str | None
    steps: list[ExplanationStep]


class HeldShape(Shape):
    """Points set aside for a checkout, until ``lapses_at`` at the latest. What for is null for another store's."""

    hold_id: UUID
    points: int
    store: StoreRef | None
    sentence: str | None
    placed_at: AwareDatetime
    lapses_at: AwareDatetime


class StandingShape(Shape):
    """Points apart from those that can be spent. ``frozen_since``: no points may leave the account since then."""

    pending_points: int
    pending: list[PendingShape]
    held_points: int
    holds: list[HeldShape]
    frozen_since: AwareDatetime | None


def read_standing(
    conn: Connection, use: Resources, customer_id: UUID, view: View, stores: frozenset[str] | None
) -> StandingShape:
    """How a customer's account stands besides its balance; ``stores`` are those whose receipts the viewer may see."""
    found = flows.read_standing(conn, use.context, customer_id)
    return StandingShape(
        pending_points=found.pending_points,
        pending=[
            _present_pending(one, view, shown=stores is None or one.purchase.store in stores) for one in found.pending
        ],
        held_points=found.held_points,
        holds=[_present_hold(one, view, shown=stores is None or one.store in stores) for one in found.holds],
        frozen_since=found.frozen_at,
    )


def _present_pending(one: AwaitedPoints, view: View, *, shown: bool) -> PendingShape:
    line = one.line
    why = flows.explain_award(line, view.language.value) if shown else None
    return PendingShape(
        purchase=present_purchase(one.purchase, view) if shown else None,
        kind="regular" if line.kind == "regular" else "limited",
        points=line.points,
        due_on=line.due_on,
        when=flows.tell_when(line, view.language.value),
        why=None if why is None else why.sentence,
        steps=[] if why is None else present_steps(why.steps),
    )


def _present_hold(one: Hold, view: View, *, shown: bool) -> HeldShape:
    return HeldShape(
        hold_id=one.hold_id,
        points=one.points,
        store=view.store(one.store) if shown else None,
        sentence=flows.tell_hold(one, view.language.value) if shown else None,
        placed_at=one.created_at,
        lapses_at=one.expires_at,
    )
