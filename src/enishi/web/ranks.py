"""The ranks that members hold, on the three faces: head office gives ranks by hand, staff and members see them."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from psycopg import Connection
from pydantic import Field

from enishi import access, benefits, customers, flows, ranks
from enishi.access import Locale, Permission
from enishi.kit.errors import NotFound
from enishi.ranks import Override
from enishi.web.declare import Caller, Conn, Language, Resources, Use, member, requires
from enishi.web.ladder_shapes import Code
from enishi.web.rank_shapes import (
    CustomerRankShape,
    RankShape,
    change_shape,
    override_shape,
    rank_shape,
    reward_shape,
)
from enishi.web.shapes import Body

router = APIRouter()

Overriding = Annotated[Caller, requires(Permission.RANKS_OVERRIDE)]
SeeingCustomers = Annotated[Caller, requires(Permission.CUSTOMERS_READ)]
AtCounter = Annotated[Caller, requires(Permission.COUNTER_USE)]
Me = Annotated[UUID, member()]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
CHANGES_SHOWN = 100


class RankToGive(Body):
    """A rank to be given by hand: never below it, or exactly it, through ``until`` (null: until ended)."""

    tier: Code
    exact: bool
    until: date | None
    reason: Reason


class OverrideToEnd(Body):
    """Why a rank given by hand ends."""

    reason: Reason


@router.get("/api/console/customers/{customer_id}/rank", tags=["console"])
def read_customer_rank(
    customer_id: UUID, _caller: SeeingCustomers, conn: Conn, use: Use, language: Language
) -> CustomerRankShape:
    """A customer's rank, how it came about, and what it gave. 404 ``not-found``."""
    return _customer_rank(conn, use, customer_id, language)


def _customer_rank(conn: Connection, use: Resources, customer_id: UUID, language: Locale) -> CustomerRankShape:
    now = use.clock()
    ladder = ranks.ladder_at(use.context.ladders(conn), now)
    names = access.load_operator_names(conn)
    published = benefits.load_version_at(conn, now)
    benefit_names = {
        one.code: one.name_ja if language is Locale.JA else one.name_en
        for one in (() if published is None else published.settings.benefits)
    }
    return CustomerRankShape(
        rank=_rank(conn, use, customer_id, language, tell_override=True),
        changes=[
            change_shape(one, ladder, names, language)
            for one in ranks.select_changes(conn, [customer_id], CHANGES_SHOWN)
        ],
        rewards=[
            reward_shape(one, ladder, benefit_names, language)
            for one in ranks.select_rewards(conn, customer_id, CHANGES_SHOWN)
        ],
    )


def _rank(
    conn: Connection, use: Resources, customer_id: UUID, language: Locale, *, tell_override: bool
) -> RankShape | None:
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    now = use.clock()
    ladder = ranks.ladder_at(use.context.ladders(conn), now)
    held = flows.read_ranks(conn, use.context, [customer_id], now).get(customer_id)
    if held is None or ladder is None:
        return None
    standing = ranks.ask_standings(conn, [customer_id])().get(customer_id) if tell_override else None
    return rank_shape(held, ladder, language, override_shape(standing, ladder, language))


@router.post("/api/console/customers/{customer_id}/rank:override", tags=["console"])
def give_rank(
    customer_id: UUID, body: RankToGive, caller: Overriding, *, conn: Conn, use: Use, language: Language
) -> CustomerRankShape:
    """Give a rank by hand, with a reason and an end. 404 ``not-found``, 422 ``unknown-tier``."""
    given = Override(body.tier, body.exact, body.until)
    flows.override_rank(conn, use.context, customer_id, given, reason=body.reason, actor=caller.actor, now=use.clock())
    return _customer_rank(conn, use, customer_id, language)


@router.post("/api/console/customers/{customer_id}/rank:end-override", tags=["console"])
def end_rank(
    customer_id: UUID, body: OverrideToEnd, caller: Overriding, *, conn: Conn, use: Use, language: Language
) -> CustomerRankShape:
    """End a rank that was given by hand. 404 ``not-found``."""
    flows.override_rank(conn, use.context, customer_id, None, reason=body.reason, actor=caller.actor, now=use.clock())
    return _customer_rank(conn, use, customer_id, language)


@router.get("/api/counter/customers/{customer_id}/rank", tags=["counter"])
def read_rank_at_counter(
    customer_id: UUID, _caller: AtCounter, conn: Conn, use: Use, language: Language
) -> RankShape | None:
    """Where a customer stands, in one line and in full. 404 ``not-found``."""
    return _rank(conn, use, customer_id, language, tell_override=True)


@router.get("/api/my/rank", tags=["my"])
def read_my_rank(customer_id: Me, conn: Conn, use: Use, language: Language) -> RankShape | None:
    """The member's own rank and the way to the next."""
    return _rank(conn, use, customer_id, language, tell_override=False)
