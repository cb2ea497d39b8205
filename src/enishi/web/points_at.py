"""The console's endpoint for a customer's points at a past instant."""

from typing import Annotated
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from enishi import flows
from enishi.access import Permission
from enishi.web.accounting_shapes import PointsAtShape
from enishi.web.declare import Caller, Conn, Language, Use, requires

router = APIRouter(prefix="/api/console/customers", tags=["console"])


@router.get("/{customer_id}/points-at")
def read_points_at(
    customer_id: UUID,
    *,
    at: Annotated[AwareDatetime, Query()],
    caller: Annotated[Caller, requires(Permission.POINTS_READ)],
    conn: Conn,
    use: Use,
    language: Language,
) -> PointsAtShape:
    """What the customer had at a past instant, by what was recorded by then; 404 for nobody."""
    del caller  # the permission is all that is asked for: a balance is the same in every store
    found = flows.read_points_at(conn, use.context, customer_id, at, use.clock())
    name = flows.tier_names(conn, language, at).get(found.rank or "")
    return PointsAtShape.model_validate(msgspec.to_builtins(found) | {"rank_name": name})
