"""Ladders of ranks in the console: what is in force and was, what would be, and who holds which rank."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Response
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, audit, benefits, catalog, customers, flows, ranks
from enishi.access import Locale, Permission
from enishi.web.authority import require_whole_company
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.exporting import CSV_ANSWER, csv_response, write_csv
from enishi.web.ladder_shapes import (
    Code,
    LadderShape,
    LadderVersionShape,
    RankProblem,
    RankSettingChange,
    changes_between,
    ladder_of,
    ladder_shape,
    present_ladders,
)
from enishi.web.rank_shapes import RankTierShape, tier_shape
from enishi.web.shapes import Body, Shape, StoreRef

router = APIRouter(prefix="/api/console/ranks", tags=["console"])

Reading = Annotated[Caller, requires(Permission.RANKS_READ)]
Publishing = Annotated[Caller, requires(Permission.RANKS_PUBLISH)]
SeeingCustomers = Annotated[Caller, requires(Permission.CUSTOMERS_READ)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
EVALUATIONS_SHOWN = 24
MEMBERS_A_PAGE = 50


class RankChoice(Shape):
    """Something that a ladder can name: its code, and its name in the language asked for."""

    code: str
    name: str


class RankChoices(Shape):
    """What the form of a ladder chooses from."""

    stores: list[StoreRef]
    benefits: list[RankChoice]


class TierCount(Shape):
    """A tier of the ladder in force: what it asks for and gives in words, and how many members hold it."""

    tier: RankTierShape
    asks: str | None
    gives: list[str]
    permanent: bool
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

    from_tier: RankTierShape
    to_tier: RankTierShape
    members: int


class EvaluationPreview(Shape):
    """What an evaluation would do now, the rises first; nothing was written."""

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


@router.get("")
def read_ladders(_caller: Reading, conn: Conn, use: Use, language: Language) -> RanksPage:
    """Every ladder with what it changed, how many members hold each rank, and the newest evaluations."""
    now = use.clock()
    ladders = use.context.ladders(conn)
    current = ranks.ladder_at(ladders, now)
    zone, local = flows.zone_today(conn, use.context, now)
    return RanksPage(
        versions=present_ladders(ladders, access.load_operator_names(conn), now, language, ZoneInfo(zone)),
        tiers=[] if current is None else _count_tiers(conn, current, now, language),
        evaluations=[_evaluation(one) for one in ranks.select_evaluations(conn, EVALUATIONS_SHOWN)],
        next_evaluation_on=None
        if current is None
        else ranks.next_evaluation(current.ladder.policies.schedule, local.date()),
    )


def _count_tiers(conn: Connection, current: ranks.LadderInForce, now: datetime, language: Locale) -> list[TierCount]:
    members = flows.count_members_by_tier(conn, now)
    return [
        TierCount(
            tier=tier_shape(one, language),
            asks=None
            if one.criteria is None
            else ranks.describe_criterion(one.criteria, current.ladder, language.value),
            gives=[ranks.describe_reward(each, language.value) for each in one.rewards],
            permanent=one.permanent,
            members=members.get(one.code, 0),
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


@router.get("/choices")
def read_choices(_caller: Reading, conn: Conn, use: Use, language: Language) -> RankChoices:
    """The stores that a group can be made of, and the benefits that a rank can give."""
    published = benefits.load_version_at(conn, use.clock())
    return RankChoices(
        stores=[StoreRef(code=code, name=store.name) for code, store in sorted(catalog.load_stores(conn).items())],
        benefits=[]
        if published is None
        else [
            RankChoice(code=one.code, name=one.name_ja if language is Locale.JA else one.name_en)
            for one in published.settings.benefits
        ],
    )


@router.get("/templates")
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


@router.post(":preview")
def preview_ladder(body: LadderShape, _caller: Reading, conn: Conn, use: Use, language: Language) -> RanksPreview:
    """What a ladder says in sentences, what it changes, and everything that is wrong with it."""
    zone, _ = flows.zone_today(conn, use.context, use.clock())
    ladder = ladder_of(body)
    problems = [
        RankProblem(field=one.field, detail=one.detail, remedy=one.remedy, code=one.code)
        for one in ranks.validate(ladder)
    ]
    return RanksPreview(
        problems=problems,
        sentences=[] if problems else list(ranks.describe_ladder(ladder, language.value)),
        changes=changes_between(ranks.latest_ladder(conn), ladder, language, ZoneInfo(zone)),
    )


@router.post("", status_code=204)
def publish_ladder(body: LadderToPublish, caller: Publishing, conn: Conn, use: Use) -> None:
    """Publish a ladder: 422 ``invalid-ladder`` with everything that is wrong. It never changes again."""
    require_whole_company(caller, "Ranks")
    now = use.clock()
    ranks.publish_ladder(conn, ladder_of(body.ladder), body.effective_at or now, caller.actor, body.reason, now)


@router.post(":foresee")
def foresee_evaluation(_caller: Reading, use: Use, language: Language) -> EvaluationPreview:
    """What an evaluation of all members would do now: who would rise, stay and fall. Writes nothing."""
    now = use.clock()
    with use.pool.connection() as conn:
        ladder = ranks.ladder_at(use.context.ladders(conn), now)
        conn.commit()
        outcome = flows.evaluate_ranks(conn, use.context, now, dry_run=True)
    return EvaluationPreview(evaluation=_evaluation(outcome.evaluation), ways=_ways(outcome.moves, ladder, language))


def _ways(moves: dict[str, int], ladder: ranks.LadderInForce | None, language: Locale) -> list[RankWay]:
    """Tiers that the ladder does not know any more are called by their codes, and are below all others."""

    def shape(code: str) -> RankTierShape:
        level = None if ladder is None else ladder.ladder.levels.get(code)
        if ladder is None or level is None:
            return RankTierShape(code=code, level=0, name=code, colour="#8A9099")
        return tier_shape(ladder.tiers[level], language)

    ways: list[RankWay] = []
    for way, members in moves.items():
        before, _, after = way.partition(" → ")
        ways.append(RankWay(from_tier=shape(before), to_tier=shape(after), members=members))
    return sorted(ways, key=lambda one: (one.from_tier.level - one.to_tier.level, one.from_tier.level))


@router.get("/tiers/{code}/members")
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


_HEADERS: Final = {
    Locale.JA: ("顧客ID", "ランク", "ランクになった日時", "維持期限"),
    Locale.EN: ("customer_id", "rank", "since", "keep until"),
}
CSV_ROWS_MAX: Final = 200_000


@router.get("/tiers/{code}/members.csv", response_class=Response, responses=CSV_ANSWER)
def export_tier_members(
    code: Code,
    caller: Annotated[Caller, requires(Permission.CUSTOMERS_EXPORT)],
    conn: Conn,
    use: Use,
    language: Language,
) -> Response:
    """Who holds a tier above the lowest, as a file without names, for at most 200,000 members. Each is recorded."""
    require_whole_company(caller, "The members of a rank")
    found: list[tuple[UUID, datetime, date | None]] = []
    while len(found) < CSV_ROWS_MAX:
        limit = min(20_000, CSV_ROWS_MAX - len(found))
        page = ranks.select_members_of(conn, code, found[-1][0] if found else None, limit)
        found += page
        if len(page) < limit:
            break
    audit.record_event(
        conn,
        actor=caller.actor,
        action="ranks.exported",
        target=f"tier:{code}",
        detail={"rows": len(found)},
        at=use.clock(),
    )
    rows = [
        (str(one), code, since.isoformat(), "" if until is None else until.isoformat()) for one, since, until in found
    ]
    return csv_response(write_csv(_HEADERS[language], rows), f"rank-{code}")
