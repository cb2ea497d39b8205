"""Help in designing a ladder: where cuts would lie for wanted shares of members, from what they really bought."""

from datetime import date, timedelta
from typing import Annotated

import msgspec
from fastapi import APIRouter
from pydantic import Field

from enishi import flows, ranks
from enishi.access import Permission
from enishi.kit.validity import describe_invalid
from enishi.ranks import Band, Measure, Window
from enishi.web.declare import Caller, Conn, Use, requires
from enishi.web.ladder_shapes import WindowShape, without_nulls
from enishi.web.shapes import Body, Shape

router = APIRouter(prefix="/api/console", tags=["console"])


class CutsWanted(Body):
    """What is to be counted within which time, and the shares of members in per cent at or above each tier."""

    measure: Measure
    window: WindowShape
    shares: Annotated[list[Annotated[int, Field(ge=1, le=99)]], Field(min_length=1, max_length=19)]


class RankCut(Shape):
    """A tier as it would be, from ``value`` on; ``exact_value`` is the cut before it was rounded."""

    wanted_percent: int
    exact_value: int
    value: int
    members: int
    revenue_yen: int


class RankBand(Shape):
    """Members whose measure is from ``from_value`` up to that of the next band, and what they spent."""

    from_value: int
    members: int
    revenue_yen: int


class ProposedCuts(Shape):
    """Cuts from the highest tier down, in the whole months from ``first`` through ``last``.

    Counted are all who ever bought. ``bands`` are the distribution over the measure, ascending; ``tenths`` are tenths
    of the members, the highest first.
    """

    first: date
    last: date
    members: int
    revenue_yen: int
    cuts: list[RankCut]
    below_members: int
    below_revenue_yen: int
    bands: list[RankBand]
    tenths: list[RankBand]


@router.post("/ranks:propose")
def propose_cuts(
    body: CutsWanted, _caller: Annotated[Caller, requires(Permission.RANKS_READ)], conn: Conn, use: Use
) -> ProposedCuts:
    """Propose cuts for wanted shares, by the latest window that is over: 422 for shares that do not ascend."""
    try:
        window = msgspec.convert(without_nulls(body.window.model_dump(mode="json")), type=Window)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), Window, "the page") from error
    _, local = flows.zone_today(conn, use.context, use.clock())
    last_month = (local.date().replace(day=1) - timedelta(days=1)).replace(day=1)
    first, last = ranks.span_of(window, last_month)
    members = ranks.load_sums(conn, body.measure, first, last)
    proposal = ranks.propose_cuts(members, body.shares)
    return ProposedCuts(
        first=first,
        last=last,
        members=proposal.members,
        revenue_yen=proposal.revenue_yen,
        cuts=[RankCut.model_validate(msgspec.to_builtins(one)) for one in proposal.cuts],
        below_members=proposal.below_members,
        below_revenue_yen=proposal.below_revenue_yen,
        bands=[_band(one) for one in ranks.bands_of(members)],
        tenths=[_band(one) for one in ranks.tenths_of(members)],
    )


def _band(one: Band) -> RankBand:
    return RankBand(from_value=one.from_value, members=one.members, revenue_yen=one.revenue_yen)
