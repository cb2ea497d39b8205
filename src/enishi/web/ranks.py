"""Ranks on the three faces: head office publishes ladders, staff see where a customer stands, members see their way."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, customers, flows, ranks
from enishi.access import Locale, Permission
from enishi.kit.errors import NotFound
from enishi.ranks import Override
from enishi.web.declare import Caller, Conn, Language, Resources, Use, member, requires
from enishi.web.rank_shapes import (
    Code,
    CustomerRankShape,
    LadderShape,
    LadderVersionShape,
    RankProblem,
    RankSettingChange,
    RankShape,
    RankTierShape,
    change_shape,
    changes_between,
    ladder_of,
    ladder_shape,
    override_shape,
    present_ladders,
    rank_shape,
    reward_shape,
    tier_shape,
)
from enishi.web.shapes import Body, Shape

router = APIRouter()

Reading = Annotated[Caller, requires(Permission.RANKS_READ)]
Publishing = Annotated[Caller, requires(Permission.RANKS_PUBLISH)]
Overriding = Annotated[Caller, requires(Permission.RANKS_OVERRIDE)]
SeeingCustomers = Annotated[Caller, requires(Permission.CUSTOMERS_READ)]
AtCounter = Annotated[Caller, requires(Permission.COUNTER_USE)]
Me = Annotated[UUID, member()]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
EVALUATIONS_SHOWN = 24
CHANGES_SHOWN = 100
MEMBERS_A_PAGE = 50


class TierCount(Shape):
    """How many members hold a tier."""

    tier: RankTierShape
    members: int


class EvaluationShape(Shape):
    """An evaluation of all members; ``finished_at`` null was cut off, and is run again."""

    evaluation_on: date
    looks_at: date
    ladder: int
    started_at: AwareDatetime
    finished_at: AwareDatetime | None
    members: int
    risen: int
    fallen: int
    confirmed: int


class RanksPage(Shape):
    """Every ladder, who holds which rank, and what evaluations did. ``next_evaluation_on`` is null without a ladder."""

    versions: list[LadderVersionShape]
    tiers: list[TierCount]
    evaluations: list[EvaluationShape]
    next_evaluation_on: date | None


class RankTemplate(Shape):
    """A ladder to begin with."""

    name: Literal["points", "salon", "yearly"]
    ladder: LadderShape
    sentences: list[str]


class RanksPreview(Shape):
    """What a ladder says and changes, and what is wrong with it."""

    problems: list[RankProblem]
    sentences: list[str]
    changes: list[RankSettingChange]


class LadderToPublish(Body):
    """A ladder, from when on it holds (null: at once), and why."""

    ladder: LadderShape
    effective_at: AwareDatetime | None
    reason: Reason


class RankWay(Shape):
    """How many members would go from one tier to another."""

    way: str
    members: int


class EvaluationPreview(Shape):
    """What an evaluation would do now; nothing was written."""

    evaluation: EvaluationShape
    ways: list[RankWay]


class RankMember(Shape):
    """A member who holds a tier."""

    customer_id: UUID
    name: str
    since: AwareDatetime
    keep_until: date | None


class RankMembers(Shape):
    """A page of members of a tier; ``next_after`` asks for the page after it."""

    members: list[RankMember]
    next_after: UUID | None


class RankToGive(Body):
    """A rank to be given by hand: never below it, or exactly it, through ``until`` (null: until ended)."""

    tier: Code
    exact: bool
    until: date | None
    reason: Reason


class OverrideToEnd(Body):
    """Why a rank given by hand ends."""

    reason: Reason


@router.get("/api/console/ranks", tags=["console"])
def read_ladders(_caller: Reading, conn: Conn, use: Use, language: Language) -> RanksPage:
    """Every ladder with what it changed, how many members hold each rank, and the newest evaluations."""
    now = use.clock()
    ladders = use.context.ladders(conn)
    current = ranks.ladder_at(ladders, now)
    _, local = flows.zone_today(conn, use.context, now)
    return RanksPage(
        versions=present_ladders(ladders, access.load_operator_names(conn), now, language),
        tiers=[] if current is None else _count_tiers(conn, current, now, language),
        evaluations=[_evaluation(one) for one in ranks.select_evaluations(conn, EVALUATIONS_SHOWN)],
        next_evaluation_on=None
        if current is None
        else ranks.next_evaluation(current.ladder.policies.schedule, local.date()),
    )


def _count_tiers(conn: Connection, current: ranks.LadderInForce, now: datetime, language: Locale) -> list[TierCount]:
    counts = ranks.count_by_tier(conn)
    everybody, _ = customers.count_joined(conn, now, now)
    above = sum(counts.get(one.code, 0) for one in current.tiers[1:])
    return [
        TierCount(
            tier=tier_shape(one, language), members=everybody - above if one.level == 0 else counts.get(one.code, 0)
        )
        for one in current.tiers
    ]


def _evaluation(one: ranks.Evaluation) -> EvaluationShape:
    return EvaluationShape(
        evaluation_on=one.evaluation_on,
        looks_at=one.looks_at,
        ladder=one.ladder_version,
        started_at=one.started_at,
        finished_at=one.finished_at,
        members=one.members,
        risen=one.risen,
        fallen=one.fallen,
        confirmed=one.confirmed,
    )


@router.get("/api/console/ranks/templates", tags=["console"])
def read_templates(_caller: Reading, language: Language) -> list[RankTemplate]:
    """The ladders that ship with Enishi."""
    return [
        RankTemplate.model_validate(
            {
                "name": name,
                "ladder": ladder_shape(make()),
                "sentences": ranks.describe_ladder(make(), language.value),
            }
        )
        for name, make in ranks.TEMPLATES.items()
    ]


@router.post("/api/console/ranks:preview", tags=["console"])
def preview_ladder(body: LadderShape, _caller: Reading, conn: Conn, language: Language) -> RanksPreview:
    """What a ladder says in sentences, what it changes, and everything that is wrong with it."""
    ladder = ladder_of(body)
    problems = [RankProblem(field=one.field, detail=one.detail, remedy=one.remedy) for one in ranks.validate(ladder)]
    return RanksPreview(
        problems=problems,
        sentences=[] if problems else list(ranks.describe_ladder(ladder, language.value)),
        changes=changes_between(ranks.latest_ladder(conn), ladder),
    )


@router.post("/api/console/ranks", status_code=204, tags=["console"])
def publish_ladder(body: LadderToPublish, caller: Publishing, conn: Conn, use: Use) -> None:
    """Publish a ladder: 422 ``invalid-ladder`` with everything that is wrong. It never changes again."""
    now = use.clock()
    ranks.publish_ladder(conn, ladder_of(body.ladder), body.effective_at or now, caller.actor, body.reason, now)


@router.post("/api/console/ranks:foresee", tags=["console"])
def foresee_evaluation(_caller: Reading, use: Use) -> EvaluationPreview:
    """What an evaluation of all members would do now: who would rise, stay and fall. Writes nothing."""
    with use.pool.connection() as conn:
        conn.commit()
        outcome = flows.evaluate_ranks(conn, use.context, use.clock(), dry_run=True)
    return EvaluationPreview(
        evaluation=_evaluation(outcome.evaluation),
        ways=[RankWay(way=way, members=members) for way, members in sorted(outcome.moves.items())],
    )


@router.get("/api/console/ranks/tiers/{code}/members", tags=["console"])
def read_tier_members(
    code: Code, caller: SeeingCustomers, conn: Conn, use: Use, after: Annotated[UUID | None, Query()] = None
) -> RankMembers:
    """Who holds a tier above the lowest."""
    found = ranks.select_members_of(conn, code, after, MEMBERS_A_PAGE + 1)
    page = found[:MEMBERS_A_PAGE]
    known = customers.load_customers(conn, use.context.keyring, [one[0] for one in page])
    return RankMembers(
        members=[
            RankMember(
                customer_id=customer_id,
                name=known[customer_id].profile.name if caller.sees_personal_data and customer_id in known else "",
                since=since,
                keep_until=keep_until,
            )
            for customer_id, since, keep_until in page
        ],
        next_after=page[-1][0] if len(found) > MEMBERS_A_PAGE else None,
    )


@router.get("/api/console/customers/{customer_id}/rank", tags=["console"])
def read_customer_rank(
    customer_id: UUID, _caller: SeeingCustomers, conn: Conn, use: Use, language: Language
) -> CustomerRankShape:
    """A customer's rank, how it came about, and what it gave. 404 ``not-found``."""
    return _customer_rank(conn, use, customer_id, language)


def _customer_rank(conn: Connection, use: Resources, customer_id: UUID, language: Locale) -> CustomerRankShape:
    ladder = ranks.ladder_at(use.context.ladders(conn), use.clock())
    names = access.load_operator_names(conn)
    standing = ranks.ask_standings(conn, [customer_id])().get(customer_id)
    return CustomerRankShape(
        rank=_rank(conn, use, customer_id, language),
        override=override_shape(standing),
        changes=[
            change_shape(one, ladder, names, language)
            for one in ranks.select_changes(conn, [customer_id], CHANGES_SHOWN)
        ],
        rewards=[reward_shape(one) for one in ranks.select_rewards(conn, customer_id, CHANGES_SHOWN)],
    )


def _rank(conn: Connection, use: Resources, customer_id: UUID, language: Locale) -> RankShape | None:
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    now = use.clock()
    ladder = ranks.ladder_at(use.context.ladders(conn), now)
    held = flows.read_ranks(conn, use.context, [customer_id], now).get(customer_id)
    return None if held is None or ladder is None else rank_shape(held, ladder, language)


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
    return _rank(conn, use, customer_id, language)


@router.get("/api/my/rank", tags=["my"])
def read_my_rank(customer_id: Me, conn: Conn, use: Use, language: Language) -> RankShape | None:
    """The member's own rank and the way to the next."""
    return _rank(conn, use, customer_id, language)
