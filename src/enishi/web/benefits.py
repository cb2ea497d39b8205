"""Benefits on the three faces: head office publishes them, staff give them, members see what theirs are."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, benefits, catalog, flows
from enishi.access import Locale, Permission
from enishi.benefits import BenefitState, BenefitVersion, Give, Occasion, Standing
from enishi.catalog import Store
from enishi.flows import GiveOrder
from enishi.kit.errors import NotFound, Refusal
from enishi.web.benefit_preview import preview
from enishi.web.benefit_shapes import (
    BenefitDraftShape,
    BenefitSettingsShape,
    BenefitShown,
    BenefitsPage,
    BenefitsPreview,
    Code,
    GiveShown,
    TierShape,
    present_benefit,
    present_tier,
    present_versions,
    settings_of,
    settings_shape,
)
from enishi.web.declare import Caller, Conn, Language, Use, member, requires
from enishi.web.paging import StoreFilter
from enishi.web.shapes import Body, Shape, StoreRef

router = APIRouter()

SOURCE = "counter"
Reading = Annotated[Caller, requires(Permission.BENEFITS_READ)]
Publishing = Annotated[Caller, requires(Permission.BENEFITS_PUBLISH)]
Giving = Annotated[Caller, requires(Permission.BENEFITS_GIVE)]
Me = Annotated[UUID, member()]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
StoreCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
GIVES_SHOWN = 50
COUNTED_DAYS = 30


class BenefitsToPublish(Body):
    """Settings, from when on they hold (null: at once), and why."""

    settings: BenefitSettingsShape
    effective_at: AwareDatetime | None
    reason: Reason


class GiveCount(Shape):
    """How often a benefit was given at a store, and how often of that the mark was taken back."""

    benefit: str
    name: str
    store: StoreRef
    given: int
    undone: int


class BenefitGives(Shape):
    """What was given in the last days, by store, and the newest marks."""

    since: AwareDatetime
    counts: list[GiveCount]
    newest: list[GiveShown]


class CustomerBenefitsShape(Shape):
    """What a customer is entitled to, those that hold now first, and the newest marks."""

    tier: TierShape | None
    benefits: list[BenefitShown]
    gives: list[GiveShown]


class BenefitToGive(Body):
    """Where it is handed over. ``request_id`` is the tablet's own: a second tap with it is answered like the first."""

    store: StoreCode
    request_id: UUID


class GivenShape(Shape):
    """A benefit that is marked as given."""

    give: GiveShown
    left: int
    replayed: bool


class MarkToUndo(Body):
    """Which mark was a mistake, and why."""

    give_id: UUID
    reason: Reason


class MyBenefits(Shape):
    """The member's own benefits, and what the next rank would bring besides."""

    tier: TierShape | None
    next_tier: TierShape | None
    benefits: list[BenefitShown]
    next_benefits: list[BenefitShown]


@router.get("/api/console/benefits", tags=["console"])
def read_benefits(_caller: Reading, conn: Conn, use: Use, language: Language) -> BenefitsPage:
    """Every version of the benefits with what it changed, and the draft."""
    now = use.clock()
    names = access.load_operator_names(conn)
    draft = benefits.load_draft(conn)
    return BenefitsPage(
        versions=present_versions(benefits.load_versions(conn), names, now),
        draft=None
        if draft is None
        else BenefitDraftShape(
            settings=settings_shape(draft.settings),
            based_on=draft.based_on,
            saved_by=names.get(draft.saved_by.removeprefix("operator:"), draft.saved_by),
            saved_at=draft.saved_at,
        ),
        tiers=[present_tier(one, language) for one in flows.ladder_tiers(conn, now)],
        stores=[StoreRef(code=one.code, name=one.name) for one in catalog.load_stores(conn).values()],
    )


@router.put("/api/console/benefits/draft", status_code=204, tags=["console"])
def save_draft(body: BenefitSettingsShape, caller: Publishing, conn: Conn, use: Use) -> None:
    """Keep what is worked on, fit to be published or not."""
    versions = benefits.load_versions(conn)
    benefits.save_draft(conn, settings_of(body), based_on=len(versions), actor=caller.actor, now=use.clock())


@router.delete("/api/console/benefits/draft", status_code=204, tags=["console"])
def discard_draft(_caller: Publishing, conn: Conn) -> None:
    """Give the draft up."""
    benefits.discard_draft(conn)


@router.post("/api/console/benefits:preview", tags=["console"])
def preview_benefits(
    body: BenefitSettingsShape, _caller: Reading, conn: Conn, use: Use, language: Language
) -> BenefitsPreview:
    """Who would get what by these settings, and how many members that concerns; nothing is written."""
    return preview(conn, settings_of(body), language, use.clock())


@router.post("/api/console/benefits", status_code=204, tags=["console"])
def publish_benefits(body: BenefitsToPublish, caller: Publishing, conn: Conn, use: Use) -> None:
    """Publish a version: 422 ``invalid-benefits`` with everything that is wrong. It never changes again."""
    now = use.clock()
    benefits.publish_version(
        conn,
        settings_of(body.settings),
        body.effective_at or now,
        caller.actor,
        body.reason,
        now,
        tiers=flows.ladder_tiers(conn, now),
    )


@router.get("/api/console/benefits/gives", tags=["console"])
def read_gives(
    caller: Reading,
    conn: Conn,
    use: Use,
    language: Language,
    days: Annotated[int, Query(ge=1, le=366)] = COUNTED_DAYS,
) -> BenefitGives:
    """How often each benefit was given at each of the operator's stores."""
    now = use.clock()
    since = now - timedelta(days=days)
    stores = None if caller.stores is None else sorted(caller.stores)
    known = catalog.load_stores(conn)
    names = _benefit_names(conn, language)
    return BenefitGives(
        since=since,
        counts=[
            GiveCount(benefit=code, name=names.get(code, code), store=_store(known, store), given=given, undone=undone)
            for code, store, given, undone in benefits.count_gives(conn, since, now + timedelta(seconds=1), stores)
        ],
        newest=_present_gives(conn, benefits.list_gives(conn, stores, GIVES_SHOWN), language),
    )


@router.get("/api/counter/customers/{customer_id}/benefits", tags=["counter"])
def read_customer_benefits(
    customer_id: UUID,
    caller: Annotated[Caller, requires(Permission.COUNTER_USE)],
    *,
    conn: Conn,
    use: Use,
    language: Language,
    store: StoreFilter = None,
) -> CustomerBenefitsShape:
    """What to give now, and what not and why not."""
    found = flows.customer_benefits(
        conn, use.context, customer_id, Occasion(use.clock(), "", store or None, "pos"), now=use.clock()
    )
    tier = found.standing.tier
    stores = None if caller.stores is None else sorted(caller.stores)
    gives = benefits.list_gives_of(conn, customer_id, stores, 5)
    return CustomerBenefitsShape(
        tier=None if tier is None else present_tier(tier, language),
        benefits=[present_benefit(one, found, language) for one in found.entitlements],
        gives=_present_gives(conn, gives, language),
    )


@router.post("/api/counter/customers/{customer_id}/benefits/{code}/give", tags=["counter"])
def give_benefit(
    customer_id: UUID, code: Code, body: BenefitToGive, caller: Giving, *, conn: Conn, use: Use, language: Language
) -> GivenShape:
    """Mark a benefit as given: 409 ``benefit-already-given`` with when and where, ``benefit-not-due`` with why."""
    if caller.stores is not None and body.store not in caller.stores:
        raise NotFound("There is no such store.", field="store")
    order = GiveOrder(
        source=SOURCE, external_id=str(body.request_id), customer_id=customer_id, benefit=code, store=body.store
    )
    (outcome,) = flows.give_benefits(conn, use.context, [order], caller.actor, use.clock())
    if isinstance(outcome, Refusal):
        raise outcome
    (shown,) = _present_gives(conn, [outcome.give], language)
    return GivenShape(give=shown, left=outcome.left, replayed=outcome.replayed)


@router.post("/api/counter/customers/{customer_id}/benefits:undo", tags=["counter"])
def undo_benefit(
    customer_id: UUID, body: MarkToUndo, caller: Giving, *, conn: Conn, use: Use, language: Language
) -> GiveShown:
    """Take a mark back within its minutes: 409 ``undo-too-late``."""
    give = benefits.undo_give(
        conn,
        body.give_id,
        body.reason,
        customer_id=customer_id,
        stores=None if caller.stores is None else sorted(caller.stores),
        actor=caller.actor,
        now=use.clock(),
    )
    (shown,) = _present_gives(conn, [give], language)
    return shown


@router.get("/api/my/benefits", tags=["my"])
def read_my_benefits(customer_id: Me, conn: Conn, use: Use, language: Language) -> MyBenefits:
    """The member's benefits, and what the next rank would bring besides."""
    now = use.clock()
    found = flows.customer_benefits(conn, use.context, customer_id, now=now)
    tier, upper = found.standing.tier, found.standing.next_tier
    shown = [one for one in found.entitlements if one.state not in _NOT_MINE]
    return MyBenefits(
        tier=None if tier is None else present_tier(tier, language),
        next_tier=None if upper is None else present_tier(upper, language),
        benefits=[present_benefit(one, found, language) for one in shown],
        next_benefits=[
            present_benefit(one, found, language)
            for one in found.entitlements
            if one.state is BenefitState.RANK_NEEDED
            and upper is not None
            and benefits.holds_rank(one.benefit, Standing(upper.level, found.standing.tiers))
        ],
    )


_NOT_MINE = {BenefitState.RANK_NEEDED, BenefitState.NOT_GRANTED, BenefitState.ENDED}


def _benefit_names(conn: Connection, language: Locale) -> dict[str, str]:
    """Names of every benefit that was ever published, by its newest version."""
    return {
        one.code: benefits.name_of(one, language.value)
        for version in benefits.load_versions(conn)
        for one in version.settings.benefits
    }


def _present_gives(conn: Connection, gives: Sequence[Give], language: Locale) -> list[GiveShown]:
    if not gives:
        return []
    operators = access.load_operator_names(conn)
    stores = catalog.load_stores(conn)
    versions = {one.version: one for one in benefits.load_versions(conn)}
    return [
        GiveShown(
            give_id=one.give_id,
            customer_id=one.customer_id,
            benefit=one.benefit,
            name=_name_in(versions[one.version], one.benefit, language),
            store=_store(stores, one.store),
            given_at=one.given_at,
            given_by=operators.get(one.given_by.removeprefix("operator:"), one.given_by),
            undo_until=_undo_until(versions[one.version], one.given_at),
            undone_at=one.undone_at,
            undo_reason=one.undo_reason,
        )
        for one in gives
    ]


def _undo_until(version: BenefitVersion, given_at: datetime) -> datetime:
    return given_at + timedelta(minutes=version.settings.undo_minutes)


def _name_in(version: BenefitVersion, code: str, language: Locale) -> str:
    found = next((one for one in version.settings.benefits if one.code == code), None)
    return code if found is None else benefits.name_of(found, language.value)


def _store(stores: dict[str, Store], code: str) -> StoreRef:
    return StoreRef(code=code, name=stores[code].name if code in stores else code)
