"""Campaigns in the console: writing, reviewing, watching and trying them. The rules decide; this asks and shows."""

from datetime import datetime, timedelta
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, campaigns, catalog, flows, program
from enishi.access import Locale, Permission
from enishi.campaigns import WHOLE_CAMPAIGN, Campaign, CampaignRules, Deed, State
from enishi.kit.differences import difference
from enishi.kit.errors import InvalidRequest, Refusal
from enishi.purchases import Channel, Line, Payment, PaymentMethod, Purchase, TaxMode
from enishi.web.authority import stores_of
from enishi.web.benefit_shapes import present_tier
from enishi.web.campaign_rules import CampaignRulesShape, Word, Yen, rules_of
from enishi.web.campaign_shapes import (
    CampaignBar,
    CampaignCalendar,
    CampaignCheck,
    CampaignChoices,
    CampaignDetail,
    CampaignFigures,
    CampaignList,
    CampaignQuote,
    CampaignRank,
    CampaignRefusalShown,
    Deeds,
    name_of,
    present_award,
    present_brief,
    present_differences,
    present_log,
    present_overlap,
    present_premiums,
    present_problems,
    present_refusal,
    present_version,
)
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.shapes import Body

router = APIRouter(prefix="/api/console", tags=["console"])

Reading = Annotated[Caller, requires(Permission.CAMPAIGNS_READ)]
Writing = Annotated[Caller, requires(Permission.CAMPAIGNS_WRITE)]
Reviewing = Annotated[Caller, requires(Permission.CAMPAIGNS_REVIEW)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
Code = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
StoreCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
LONGEST_CALENDAR: Final = timedelta(days=400)


class CampaignToCreate(Body):
    """A new campaign: its code, which never changes, its rules, and why."""

    code: Code
    rules: CampaignRulesShape
    reason: Reason


class CampaignEdit(Body):
    """Rules as they shall be, and why; ``expected`` is the ``latest_change`` of the page that was edited."""

    rules: CampaignRulesShape
    reason: Reason
    expected: int | None = None


class CampaignDeed(Body):
    """Why something is done; ``expected`` is the ``latest_change`` of the page."""

    reason: Reason
    expected: int | None = None


class CampaignToCheck(Body):
    """Rules to be looked at, whether or not they are saved."""

    code: Code
    rules: CampaignRulesShape


class QuoteLine(Body):
    """One line of a sample sale."""

    sku: Word
    quantity: Annotated[int, Field(ge=1, le=10_000)] = 1
    unit_price_yen: Yen
    tax_rate_percent: Annotated[int, Field(ge=0, le=100)] = 10
    category: Annotated[str, Field(max_length=128)] = ""


class CampaignQuoteBody(Body):
    """A sample sale: where, when, how and of what; ``customer_id`` null is an anonymous one, which earns nothing."""

    customer_id: UUID | None
    store: StoreCode
    channel: Channel = Channel.POS
    occurred_at: AwareDatetime | None = None
    lines: Annotated[list[QuoteLine], Field(min_length=1, max_length=100)]
    payment_method: PaymentMethod | None = None
    points_to_use: Yen = 0
    codes: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
    draft: CampaignToCheck | None = None
    """Rules that are tried as if they were approved, in the place of the campaign of their code."""


@router.get("/campaigns")
def list_campaigns(caller: Reading, conn: Conn, use: Use, language: Language) -> CampaignList:
    """Every campaign, what it gave so far and what is left of its budget."""
    found = campaigns.list_campaigns(conn, use.clock())
    figures = _figures_of(conn, found)
    return CampaignList(
        campaigns=[present_brief(one, figures[one.code], language) for one in found],
        may_write=caller.operator.may(Permission.CAMPAIGNS_WRITE),
        may_review=caller.operator.may(Permission.CAMPAIGNS_REVIEW),
    )


@router.get("/campaigns/{code}")
def read_campaign(code: Code, caller: Reading, conn: Conn, use: Use, language: Language) -> CampaignDetail:
    """One campaign with its versions, its log, and what the operator may do with it now."""
    return _detail(conn, use, campaigns.load_campaign(conn, code, use.clock()), caller, language)


@router.post("/campaigns", status_code=201)
def create_campaign(
    body: CampaignToCreate, caller: Writing, conn: Conn, use: Use, language: Language
) -> CampaignDetail:
    """Begin a campaign as a draft."""
    _require_all_stores(caller)
    made = campaigns.create_campaign(conn, body.code, rules_of(body.rules), _deed(caller, body.reason, use))
    return _detail(conn, use, made, caller, language)


@router.post("/campaigns/{code}/draft")
def edit_campaign(
    code: Code, body: CampaignEdit, caller: Writing, *, conn: Conn, use: Use, language: Language
) -> CampaignDetail:
    """Save rules as the next version; what is live stays as it is until this one is approved."""
    _require_all_stores(caller)
    deed = _deed(caller, body.reason, use, body.expected)
    edited = campaigns.edit_campaign(conn, code, rules_of(body.rules), deed)
    return _detail(conn, use, edited, caller, language)


_BY_WRITERS = {"submit": campaigns.submit_campaign, "withdraw": campaigns.withdraw_campaign}
_BY_REVIEWERS = {
    "approve": campaigns.approve_campaign,
    "reject": campaigns.reject_campaign,
    "pause": campaigns.pause_campaign,
    "resume": campaigns.resume_campaign,
    "end": campaigns.end_campaign,
}


@router.post("/campaigns/{code}/{deed}")
def do_with_campaign(
    code: Code, deed: Deeds, body: CampaignDeed, caller: Reading, *, conn: Conn, use: Use, language: Language
) -> CampaignDetail:
    """Send to review, take back, approve, reject, pause, resume or end; each needs the permission of its kind."""
    _require_all_stores(caller)
    is_writing = deed in _BY_WRITERS
    needed = Permission.CAMPAIGNS_WRITE if is_writing else Permission.CAMPAIGNS_REVIEW
    if not caller.operator.may(needed):
        raise access.PermissionDenied(
            f"This needs the permission {needed}.",
            remedy="Ask the owner of this installation for a role that has it.",
            permission=needed,
        )
    do = (_BY_WRITERS if is_writing else _BY_REVIEWERS)[deed]
    done = do(conn, code, _deed(caller, body.reason, use, body.expected))
    return _detail(conn, use, done, caller, language)


@router.post("/campaign-check")
def check_campaign(body: CampaignToCheck, _caller: Reading, conn: Conn, use: Use, language: Language) -> CampaignCheck:
    """Look at rules before they are saved: what is wrong, what the law on premiums says, and what they mean."""
    return _check(conn, use, body.code, rules_of(body.rules), language)


@router.get("/campaign-choices")
def list_choices(caller: Reading, conn: Conn, use: Use, language: Language) -> CampaignChoices:
    """The stores and the ranks that a campaign can name."""
    tiers = [present_tier(one, language) for one in flows.ladder_tiers(conn, use.clock())]
    return CampaignChoices(
        stores=stores_of(conn, caller), ranks=[CampaignRank(code=one.code, name=one.name) for one in tiers]
    )


@router.get("/campaign-calendar")
def read_calendar(
    _caller: Reading,
    conn: Conn,
    use: Use,
    language: Language,
    *,
    since: AwareDatetime,
    until: AwareDatetime,
    sample_yen: Annotated[int, Query(ge=1, le=1_000_000)] = 5_500,
) -> CampaignCalendar:
    """When campaigns run in a period, where they overlap, and what they come to together on a sample sale."""
    if not since < until <= since + LONGEST_CALENDAR:
        raise InvalidRequest(
            "The period is empty or longer than 400 days.", field="until", remedy="Choose a shorter period."
        )
    spans = use.context.schedule(conn).between(since, until)
    version = program.version_at(use.context.versions(conn), use.clock())
    stretches = [] if version is None else campaigns.find_overlaps(spans, since, until, version, sample_yen)
    return CampaignCalendar(
        bars=[
            CampaignBar(
                code=one.version.code,
                name=name_of(one.version, language),
                since=max(since, one.since),
                until=min(until, one.until),
            )
            for one in spans
        ],
        stretches=[present_overlap(one, language) for one in stretches],
        sample_yen=sample_yen,
    )


@router.post("/campaign-quote")
def quote_campaigns(
    body: CampaignQuoteBody, _caller: Reading, conn: Conn, use: Use, language: Language
) -> CampaignQuote:
    """What a sample sale would earn, by the code that records it, and why each other live campaign gives nothing."""
    draft = None if body.draft is None else (body.draft.code, rules_of(body.draft.rules))
    purchase = _purchase_of(body, use.clock())
    quote = flows.quote_for_customer(conn, use.context, purchase, body.customer_id, use.clock(), draft=draft)
    if isinstance(quote, Refusal):
        raise quote
    return CampaignQuote(
        points=quote.points_earned + sum(line.points for line in quote.pending),
        awards=[present_award(line, language) for line in quote.awards],
        not_applied=[present_refusal(one, language) for one in quote.not_applied],
    )


@router.get("/purchases/{purchase_id}/campaigns")
def explain_purchase_campaigns(
    purchase_id: UUID,
    caller: Annotated[Caller, requires(Permission.PURCHASES_READ)],
    conn: Conn,
    use: Use,
    language: Language,
) -> list[CampaignRefusalShown]:
    """Why campaigns that were live at a recorded purchase gave nothing."""
    purchase = flows.purchase_detail(conn, purchase_id).purchase
    if caller.stores is not None and purchase.store not in caller.stores:
        raise access.PermissionDenied("The receipt belongs to a store outside your scope.")
    found = flows.explain_missing_campaigns(conn, use.context, purchase)
    return [present_refusal(one, language) for one in found]


def _purchase_of(body: CampaignQuoteBody, now: datetime) -> Purchase:
    lines = tuple(
        Line(line.sku, line.quantity, line.unit_price_yen, line.tax_rate_percent, category=line.category)
        for line in body.lines
    )
    total = sum(line.net_yen for line in lines)
    return Purchase(
        source="console",
        external_id="quote",
        channel=body.channel,
        store=body.store,
        occurred_at=body.occurred_at or now,
        tax_mode=TaxMode.INCLUDED,
        lines=lines,
        payments=() if body.payment_method is None else (Payment(body.payment_method, total),),
        points_to_use=body.points_to_use,
        coupon_codes=body.codes,
    )


def _deed(caller: Caller, reason: str, use: Resources, expected: int | None = None) -> Deed:
    return Deed(caller.actor, reason, use.clock(), expected)


def _require_all_stores(caller: Caller) -> None:
    if caller.stores is not None:
        raise access.PermissionDenied(
            "Campaigns concern the whole chain; your role is for some stores.",
            remedy="Ask somebody whose role is for all stores.",
        )


def _figures_of(conn: Connection, found: list[Campaign]) -> dict[str, CampaignFigures]:
    given = campaigns.load_figures(conn, [one.campaign_id for one in found])
    left = campaigns.load_budgets(conn, [(one.campaign_id, WHOLE_CAMPAIGN) for one in found])
    figures: dict[str, CampaignFigures] = {}
    for one in found:
        points, receipts = given.get(one.campaign_id, (0, 0))
        rest = left.get((one.campaign_id, WHOLE_CAMPAIGN))
        figures[one.code] = CampaignFigures(
            points=points,
            receipts=receipts,
            budget_points=one.current.rules.ceilings.budget_points,
            budget_left=None if rest is None else max(0, rest),
        )
    return figures


def _check(conn: Connection, use: Resources, code: str, rules: CampaignRules, language: Locale) -> CampaignCheck:
    problems = campaigns.find_problems(conn, code, rules, use.clock())
    known = catalog.load_stores(conn)
    unknown = sorted(
        {*rules.conditions.stores, *rules.conditions.stores_except, *rules.ceilings.store_budgets} - set(known)
    )
    problems += [campaigns.problem("unknown-store", "conditions.stores", store=store) for store in unknown]
    return CampaignCheck(
        problems=present_problems(problems, language),
        premiums=present_premiums(campaigns.check_premium(rules, _settings(conn, use).earning), language),
        description=list(campaigns.describe(rules, language.value)),
    )


def _settings(conn: Connection, use: Resources) -> program.ProgramSettings:
    version = program.version_at(use.context.versions(conn), use.clock())
    return program.default_settings() if version is None else version.settings


def _detail(conn: Connection, use: Resources, one: Campaign, caller: Caller, language: Locale) -> CampaignDetail:
    names = access.load_operator_names(conn)
    draft = one.draft
    before = one.current.rules if one.standing.approved else None
    may_write = caller.operator.may(Permission.CAMPAIGNS_WRITE) and caller.stores is None
    may_review = caller.operator.may(Permission.CAMPAIGNS_REVIEW) and caller.stores is None
    is_over = one.standing.ended_at is not None
    changes = () if draft is None or before is None else difference(before, draft.rules)
    zone = _settings(conn, use).zone_info
    return CampaignDetail(
        code=one.code,
        state=one.state,
        in_review=one.standing.in_review,
        latest_change=one.standing.latest_change,
        current=present_version(one.current, names, language),
        draft=None if draft is None else present_version(draft, names, language),
        differences=present_differences(changes, zone, language),
        versions=[present_version(version, names, language) for version in reversed(one.versions)],
        log=present_log(one, names, zone, language),
        figures=_figures_of(conn, [one])[one.code],
        members=campaigns.count_members(conn, one.campaign_id),
        check=_check(conn, use, one.code, (draft or one.current).rules, language),
        may_edit=may_write and not is_over,
        may_submit=may_write and draft is not None and not one.standing.in_review,
        may_decide=may_review and one.standing.in_review and caller.actor not in one.standing.writers,
        may_pause=may_review and one.state in {State.LIVE, State.SCHEDULED},
        may_resume=may_review and one.state is State.PAUSED,
        may_end=may_review and one.state is not State.ENDED,
    )
