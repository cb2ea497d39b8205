"""Referrals on the three faces: head office publishes and looks into them, staff enter codes, members tell others."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Query
from psycopg import Connection

from enishi import access, audit, catalog, customers, flows, referrals
from enishi.access import Locale, Permission
from enishi.flows import ReferralClaim
from enishi.kit.errors import InvalidRequest, NotFound, Refusal
from enishi.referrals import Referral, ReferralSettings, ReferralState
from enishi.web.benefit_shapes import changes_between, whole
from enishi.web.declare import Caller, Conn, Language, Resources, Use, member, requires
from enishi.web.referral_shapes import (
    CodeToClaim,
    CounterCode,
    CounterReferral,
    CustomerReferrals,
    MyReferral,
    OwnReferral,
    ReferralDecision,
    ReferralFinding,
    ReferralList,
    ReferralParty,
    ReferralSettingsShape,
    ReferralShown,
    ReferralsPage,
    ReferralsToPublish,
    ReferralTally,
    ReferralVersionShape,
)
from enishi.web.shapes import StoreRef

router = APIRouter()

Reading = Annotated[Caller, requires(Permission.REFERRALS_READ)]
Publishing = Annotated[Caller, requires(Permission.REFERRALS_PUBLISH)]
Reviewing = Annotated[Caller, requires(Permission.REFERRALS_REVIEW)]
Claiming = Annotated[Caller, requires(Permission.REFERRALS_CLAIM)]
Me = Annotated[UUID, member()]
SHOWN = 50


@router.get("/api/console/referrals", tags=["console"])
def read_referrals(caller: Reading, conn: Conn, use: Use, language: Language) -> ReferralsPage:
    """Every version of the programme with what it changed, and what has come of it."""
    now = use.clock()
    names = access.load_operator_names(conn)
    versions = referrals.load_versions(conn)
    current = referrals.version_at(versions, now)
    shown: list[ReferralVersionShape] = []
    before: ReferralSettings | None = None
    for one in versions:
        is_live = current is not None and current.version == one.version
        shown.append(
            ReferralVersionShape(
                version=one.version,
                effective_at=one.effective_at,
                published_at=one.published_at,
                author=names.get(one.author.removeprefix("operator:"), one.author),
                reason=one.reason,
                state="live" if is_live else "scheduled" if one.effective_at > now else "past",
                settings=ReferralSettingsShape.model_validate(whole(one.settings)),
                sentences=referrals.describe(one.settings, language.value),
                changes=changes_between(before, one.settings),
            )
        )
        before = one.settings
    stores = None if caller.stores is None else sorted(caller.stores)
    return ReferralsPage(
        versions=shown[::-1],
        tally=[
            ReferralTally(state=state, count=count, referrer_points=given, referee_points=got)
            for state, (count, given, got) in referrals.tally(conn, stores).items()
        ],
    )


@router.post("/api/console/referrals", status_code=204, tags=["console"])
def publish_referrals(body: ReferralsToPublish, caller: Publishing, conn: Conn, use: Use) -> None:
    """Publish a version: 422 ``invalid-referral-settings``. Referrals keep the version they were claimed under."""
    try:
        settings = msgspec.convert(body.settings.model_dump(mode="json"), ReferralSettings)
    except msgspec.ValidationError:
        raise InvalidRequest("A setting is not valid.", field="settings") from None
    now = use.clock()
    referrals.publish_version(conn, settings, body.effective_at or now, caller.actor, body.reason, now)


@router.get("/api/console/referrals/list", tags=["console"])
def list_referrals(
    caller: Reading,
    *,
    conn: Conn,
    use: Use,
    language: Language,
    state: Annotated[ReferralState | None, Query()] = None,
) -> ReferralList:
    """The newest referrals in a state, those claimed at the operator's stores. Each view is recorded."""
    stores = None if caller.stores is None else sorted(caller.stores)
    found = referrals.list_referrals(conn, states=None if state is None else [state], stores=stores, limit=SHOWN)
    shown = _present(conn, use, found, language)
    audit.record_event(
        conn, actor=caller.actor, action="referrals.viewed", detail={"found": len(found)}, at=use.clock()
    )
    return ReferralList(referrals=shown)


@router.get("/api/console/customers/{customer_id}/referrals", tags=["console"])
def read_customer_referrals(
    customer_id: UUID, caller: Reading, conn: Conn, use: Use, language: Language
) -> CustomerReferrals:
    """Who referred a customer, and whom they referred. 404 ``not-found``. What names others is recorded as a view."""
    if not customers.find_known(conn, [customer_id]):
        raise NotFound("There is no such customer.", field="customer_id")
    found = [
        one
        for one in referrals.load_referrals_of(conn, customer_id)
        if caller.stores is None or one.store in caller.stores
    ]
    if found:
        detail = {"found": len(found)}
        target = f"customer:{customer_id}"
        audit.record_event(
            conn, actor=caller.actor, action="referrals.viewed", target=target, detail=detail, at=use.clock()
        )
    shown = _present(conn, use, found, language)
    own = next((one for one in shown if one.referee.customer_id == customer_id), None)
    return CustomerReferrals(referred_by=own, referred=[one for one in shown if one.referee.customer_id != customer_id])


@router.post("/api/console/referrals/{referral_id}:decide", tags=["console"])
def decide_referral(
    referral_id: UUID, body: ReferralDecision, caller: Reviewing, *, conn: Conn, use: Use, language: Language
) -> ReferralShown:
    """Approve or reject a held referral: 409 ``referral-decided``. What it has earned is paid at once."""
    decided = flows.decide_referral(
        conn,
        use.context,
        referral_id,
        approve=body.approve,
        note=body.note,
        stores=None if caller.stores is None else sorted(caller.stores),
        actor=caller.actor,
        now=use.clock(),
    )
    (shown,) = _present(conn, use, [decided], language)
    return shown


@router.get("/api/counter/customers/{customer_id}/referral", tags=["counter"])
def read_customer_referral(
    customer_id: UUID,
    _caller: Annotated[Caller, requires(Permission.COUNTER_USE)],
    conn: Conn,
    use: Use,
    language: Language,
) -> CounterReferral:
    """Whether a code can be entered for this customer, and by whether they were referred."""
    own, given, can_claim = _both_sides(conn, use, customer_id, language)
    return CounterReferral(referred_by=own, can_claim=can_claim, referred=len(given))


@router.post("/api/counter/customers/{customer_id}/referral", tags=["counter"])
def claim_at_counter(
    customer_id: UUID, body: CounterCode, caller: Claiming, *, conn: Conn, use: Use, language: Language
) -> OwnReferral:
    """Enter a new member's code: 404 ``unknown-referral-code``, 409 ``referral-refused`` with its reason."""
    if caller.stores is not None and body.store not in caller.stores:
        raise NotFound("There is no such store.", field="store")
    claim = ReferralClaim(
        source="counter", code=body.code, customer_id=customer_id, store=body.store, terminal=body.terminal
    )
    return _claim(conn, use, claim, caller.actor, language)


@router.get("/api/my/referral", tags=["my"])
def read_my_referral(customer_id: Me, conn: Conn, use: Use, language: Language) -> MyReferral:
    """The member's own code, and what has come of it on both sides."""
    own, given, can_claim = _both_sides(conn, use, customer_id, language)
    code = referrals.code_of(conn, customer_id, use.clock())
    version = referrals.version_at(referrals.load_versions(conn), use.clock())
    is_open = version is not None and version.settings.is_open
    return MyReferral(
        code=code,
        spelt=referrals.spell_code(code),
        path=f"/my/join/{code}",
        terms=referrals.describe(version.settings, language.value) if version is not None and is_open else [],
        referred_by=own,
        can_claim=can_claim,
        referred=given,
    )


@router.post("/api/my/referral", tags=["my"])
def claim_for_myself(body: CodeToClaim, customer_id: Me, conn: Conn, use: Use, language: Language) -> OwnReferral:
    """Say who brought me: 404 ``unknown-referral-code``, 409 ``referral-refused`` with its reason."""
    claim = ReferralClaim(source="mypage", code=body.code, customer_id=customer_id, channel="app")
    return _claim(conn, use, claim, f"customer:{customer_id}", language)


def _claim(conn: Connection, use: Resources, claim: ReferralClaim, actor: str, language: Locale) -> OwnReferral:
    (outcome,) = flows.claim_referrals(conn, use.context, [claim], actor, use.clock())
    if isinstance(outcome, Refusal):
        raise outcome
    return _own(outcome.referral, outcome.referral.referee_points, outcome.settings, language, use.clock())


def _both_sides(
    conn: Connection, use: Resources, customer_id: UUID, language: Locale
) -> tuple[OwnReferral | None, list[OwnReferral], bool]:
    """By whom somebody was referred, whom they referred, and whether they can still enter a code."""
    now = use.clock()
    versions = {one.version: one for one in referrals.load_versions(conn)}
    own: OwnReferral | None = None
    given: list[OwnReferral] = []
    for one in referrals.load_referrals_of(conn, customer_id):
        settings = versions[one.version].settings
        if one.referee_id == customer_id:
            own = _own(one, one.referee_points, settings, language, now)
        else:
            given.append(_own(one, one.referrer_points, settings, language, now))
    version = referrals.version_at(tuple(versions.values()), now)
    joined_at = customers.load_customer(conn, use.context.keyring, customer_id).joined_at
    is_open = version is not None and version.settings.is_open
    is_new = version is not None and (now - joined_at).days < version.settings.claim_days
    return own, given, own is None and is_open and is_new


def _own(one: Referral, points: int, settings: ReferralSettings, language: Locale, now: datetime) -> OwnReferral:
    """What takes part may know: a held or rejected one is being looked at, or over, and never why."""
    states: dict[ReferralState, Literal["open", "checking", "waiting", "paid", "ended"]] = {
        ReferralState.OPEN: "open",
        ReferralState.HELD: "checking",
        ReferralState.WAITING: "waiting",
        ReferralState.PAID: "paid",
    }
    return OwnReferral(
        state=states.get(one.state_at(now), "ended"),
        claimed_at=one.claimed_at,
        purchase_by=one.purchase_by,
        points=points,
        terms=referrals.describe(settings, language.value),
    )


def _present(conn: Connection, use: Resources, found: Iterable[Referral], language: Locale) -> list[ReferralShown]:
    rows = list(found)
    people = {
        customer_id
        for one in rows
        for customer_id in (one.referrer_id, one.referee_id, *(other for each in one.findings for other in each.others))
    }
    records = customers.load_customers(conn, use.context.keyring, list(people))
    names = {one: record.profile.name for one, record in records.items()}
    operators = access.load_operator_names(conn)
    stores = catalog.load_stores(conn)
    return [
        ReferralShown(
            referral_id=one.referral_id,
            referrer=ReferralParty(customer_id=one.referrer_id, name=names.get(one.referrer_id, "")),
            referee=ReferralParty(customer_id=one.referee_id, name=names.get(one.referee_id, "")),
            code=referrals.spell_code(one.code),
            state=one.state_at(use.clock()),
            channel=one.channel,
            store=StoreRef(code=one.store, name=stores[one.store].name if one.store in stores else one.store)
            if one.store
            else None,
            terminal=one.terminal,
            claimed_by=operators.get(one.claimed_by.removeprefix("operator:"), one.claimed_by),
            claimed_at=one.claimed_at,
            purchase_by=one.purchase_by,
            purchase_id=one.purchase_id,
            due_at=one.due_at,
            settled_at=one.settled_at,
            referrer_points=one.referrer_points,
            referee_points=one.referee_points,
            capped=one.capped,
            findings=[
                ReferralFinding(
                    rule=each.rule,
                    reason=referrals.explain_finding(each, language.value),
                    others=[ReferralParty(customer_id=other, name=names.get(other, "")) for other in each.others],
                )
                for each in one.findings
            ],
            decided_by=operators.get((one.decided_by or "").removeprefix("operator:"), one.decided_by),
            decided_at=one.decided_at,
            decision_note=one.decision_note,
        )
        for one in rows
    ]
