"""Drafts of the configuration in the console: writing, trying on the past, reviewing, applying."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Path, Response
from msgspec import structs
from psycopg import Connection

from enishi import access, campaigns, drafts, flows, program, ranks
from enishi.access import Locale, Permission
from enishi.configuration import FORMAT, Configuration, read_configuration, write_configuration
from enishi.drafts import Content, Deed, Draft, DraftAction
from enishi.web.authority import require_whole_company
from enishi.web.declare import Caller, Conn, Language, Resources, Use, requires
from enishi.web.draft_presenting import (
    Review,
    document_of,
    document_shape,
    parts_of,
    present_brief,
    present_changes,
    present_dangers,
    present_log,
    present_problems,
    present_status,
)
from enishi.web.draft_shapes import (
    Codes,
    Deeds,
    DraftCampaign,
    DraftCheck,
    DraftChoices,
    DraftDeed,
    DraftDetail,
    DraftEdit,
    DraftList,
    DraftToCheck,
    DraftToCreate,
    DraftYaml,
)
from enishi.web.program_shapes import examples_of

router = APIRouter(prefix="/api/console", tags=["console"])

Reading = Annotated[Caller, requires(Permission.PROGRAM_READ)]
Writing = Annotated[Caller, requires(Permission.DRAFTS_WRITE)]
Number = Annotated[int, Path(ge=1, le=2_147_483_647)]


@router.get("/drafts")
def list_drafts(caller: Reading, conn: Conn, use: Use) -> DraftList:
    """Every draft, the one changed last first."""
    names = access.load_operator_names(conn)
    return DraftList(
        drafts=[present_brief(one, names) for one in drafts.list_drafts(conn, use.clock())],
        may_write=_may(caller, Permission.DRAFTS_WRITE),
        may_review=_may(caller, Permission.DRAFTS_REVIEW),
    )


@router.get("/drafts/{draft}")
def read_draft(draft: Number, caller: Reading, conn: Conn, use: Use, language: Language) -> DraftDetail:
    """One draft: what it changes of what is in force, how it fared on the past, and what can be done with it now."""
    return _detail(conn, use, drafts.load_draft(conn, draft, use.clock()), caller, language)


@router.post("/drafts", status_code=201)
def create_draft(body: DraftToCreate, caller: Writing, conn: Conn, use: Use, language: Language) -> DraftDetail:
    """Begin a draft of what is in force, or of a file."""
    require_whole_company(caller, "Settings")
    now = use.clock()
    document = _document_of_parts(conn, body, now) if body.yaml is None else read_configuration(body.yaml.encode())
    _require_for_campaigns(caller, document, Permission.CAMPAIGNS_WRITE)
    content = Content(title=body.title, document=document, effective_at=body.effective_at)
    return _detail(conn, use, drafts.create_draft(conn, content, caller.actor, body.reason, now), caller, language)


@router.post("/drafts/{draft}/revisions")
def edit_draft(
    draft: Number, body: DraftEdit, caller: Writing, *, conn: Conn, use: Use, language: Language
) -> DraftDetail:
    """Save the draft as its next revision."""
    require_whole_company(caller, "Settings")
    document = _with_campaigns(conn, document_of(body.document), body.take_campaigns, use.clock())
    _require_for_campaigns(caller, document, Permission.CAMPAIGNS_WRITE)
    content = Content(title=body.title, document=document, effective_at=body.effective_at)
    deed = Deed(caller.actor, body.reason, use.clock(), body.expected)
    return _detail(conn, use, drafts.edit_draft(conn, draft, content, deed), caller, language)


@router.get(
    "/drafts/{draft}/document.yaml",
    response_class=Response,
    responses={200: {"content": {"application/yaml": {"schema": {"type": "string"}}}}},
)
def download_draft(draft: Number, _caller: Reading, conn: Conn, use: Use) -> Response:
    """The document as a file, as `enishi config` takes it."""
    held = drafts.load_draft(conn, draft, use.clock())
    return Response(
        write_configuration(held.current.content.document).encode(),
        media_type="application/yaml; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="draft-{draft}-{held.current.revision}.yaml"'},
    )


@router.post("/drafts/{draft}/document.yaml")
def upload_draft(
    draft: Number, body: DraftYaml, caller: Writing, *, conn: Conn, use: Use, language: Language
) -> DraftDetail:
    """Put a file in the place of the document."""
    require_whole_company(caller, "Settings")
    document = read_configuration(body.yaml.encode())
    _require_for_campaigns(caller, document, Permission.CAMPAIGNS_WRITE)
    held = drafts.load_draft(conn, draft, use.clock())
    content = structs.replace(held.current.content, document=document)
    deed = Deed(caller.actor, body.reason, use.clock(), body.expected)
    return _detail(conn, use, drafts.edit_draft(conn, draft, content, deed), caller, language)


_NEEDED = {
    "submit": Permission.DRAFTS_WRITE,
    "withdraw": Permission.DRAFTS_WRITE,
    "discard": Permission.DRAFTS_WRITE,
    "send_back": Permission.DRAFTS_REVIEW,
    "approve": Permission.DRAFTS_REVIEW,
}
_PLAIN = {
    "withdraw": drafts.withdraw_draft,
    "discard": drafts.discard_draft,
    "send_back": drafts.send_back_draft,
}


@router.post("/drafts/{draft}/deeds/{deed}")
def do_with_draft(
    draft: Number, deed: Deeds, body: DraftDeed, caller: Reading, *, conn: Conn, use: Use, language: Language
) -> DraftDetail:
    """Send to review, take back, send back, approve or discard; each needs the permission of its kind.

    Approving brings the draft into force at once, or has it wait for its time.
    """
    require_whole_company(caller, "Settings")
    _require(caller, _NEEDED[deed])
    step = Deed(caller.actor, body.reason, use.clock(), body.expected)
    if deed == "submit":
        done = flows.submit_draft(conn, draft, step, body.accepted)
    elif deed == "approve":
        held = drafts.load_draft(conn, draft, use.clock())
        _require_for_campaigns(caller, held.current.content.document, Permission.CAMPAIGNS_REVIEW)
        done = flows.approve_draft(conn, draft, step, body.accepted).draft
    else:
        done = _PLAIN[deed](conn, draft, step)
        if deed == "discard":
            drafts.drop_backtest(conn, draft, use.clock())
    return _detail(conn, use, done, caller, language)


@router.post("/draft-check")
def check_draft(body: DraftToCheck, _caller: Reading, conn: Conn, use: Use, language: Language) -> DraftCheck:
    """Hold a document against what is in force before it is saved: problems, dangers, and what it changes."""
    content = Content(title="-", document=document_of(body.document), effective_at=body.effective_at)
    return _check(flows.examine_content(conn, content, use.clock()), content, use.clock(), language)


@router.get("/draft-choices")
def list_draft_choices(_caller: Reading, conn: Conn, use: Use, language: Language) -> DraftChoices:
    """What there is to make a draft of."""
    now = use.clock()
    open_campaigns = [one for one in campaigns.list_campaigns(conn, now) if one.state is not campaigns.State.ENDED]
    return DraftChoices(
        has_program=program.version_at(use.context.versions(conn), now) is not None,
        has_ladder=ranks.ladder_at(use.context.ladders(conn), now) is not None,
        campaigns=[
            DraftCampaign(
                code=one.code,
                name=one.current.rules.name_ja if language is Locale.JA else one.current.rules.name_en,
                has_draft=one.draft is not None,
            )
            for one in open_campaigns
        ],
    )


def _document_of_parts(conn: Connection, body: DraftToCreate, now: datetime) -> Configuration:
    at = now if body.effective_at is None else max(now, body.effective_at)
    in_force = flows.read_current(conn, at, now).configuration
    document = Configuration(
        format=FORMAT,
        program=(in_force.program or program.default_settings()) if "program" in body.parts else None,
        ladder=(in_force.ladder or ranks.TEMPLATES["salon"]()) if "ladder" in body.parts else None,
    )
    return _with_campaigns(conn, document, body.campaigns, now)


def _with_campaigns(conn: Connection, document: Configuration, codes: Codes, now: datetime) -> Configuration:
    """The document with these campaigns as their own drafts stand, or else as they are in force."""
    if not codes:
        return document
    held = dict(document.campaigns or {})
    for code in codes:
        one = campaigns.load_campaign(conn, code, now)
        held[code] = (one.draft or one.current).rules
    return structs.replace(document, campaigns=held)


def _may(caller: Caller, permission: Permission) -> bool:
    return caller.operator.may(permission) and caller.operator.stores_for(permission) is None


def _require(caller: Caller, permission: Permission) -> None:
    if not _may(caller, permission):
        raise access.PermissionDenied(
            f"This needs the permission {permission} for all stores.",
            remedy="Ask the owner of this installation for a role that has it.",
            permission=permission,
        )


def _require_for_campaigns(caller: Caller, document: Configuration, permission: Permission) -> None:
    """Campaigns in a draft are written and approved by those who may write and approve campaigns."""
    if document.campaigns is not None:
        _require(caller, permission)


def _check(review: flows.DraftReview, content: Content, now: datetime, language: Locale) -> DraftCheck:
    document = content.document
    settings = document.program
    is_priced = settings is not None and not program.validate(settings)
    ladder = document.ladder if document.ladder is not None and not ranks.validate(document.ladder) else None
    return DraftCheck(
        problems=present_problems(review.problems, language),
        dangers=present_dangers(review.plan.dangers, review.accepted, language),
        changes=present_changes(
            review.plan.changes, Review(document, review.in_force, _zone_of(review, document)), language
        ),
        left_alone=list(review.plan.left_alone),
        sentences=[
            *([] if settings is None or not is_priced else program.describe(settings, language.value)),
            *([] if ladder is None else ranks.describe_ladder(ladder, language.value)),
        ],
        examples=[] if settings is None or not is_priced else examples_of(settings, now, language),
    )


def _zone_of(review: flows.DraftReview, document: Configuration) -> ZoneInfo:
    for settings in (document.program, review.in_force.program):
        if settings is not None and not program.validate(settings):
            return settings.zone_info
    return ZoneInfo("Asia/Tokyo")


def _detail(conn: Connection, use: Resources, held: Draft, caller: Caller, language: Locale) -> DraftDetail:
    now = use.clock()
    names = access.load_operator_names(conn)
    review = flows.examine_draft(conn, held, now)
    content, standing = held.current.content, held.standing
    is_writer, is_reviewer = _may(caller, Permission.DRAFTS_WRITE), _may(caller, Permission.DRAFTS_REVIEW)
    is_own = caller.actor in standing.writers
    tried = drafts.list_backtests(conn, held.draft_id)
    rules = flows.hash_rules(conn, now) if tried else None
    return DraftDetail(
        draft=held.draft_id,
        title=content.title,
        state=held.state,
        revision=held.current.revision,
        latest_change=standing.latest_change,
        effective_at=content.effective_at,
        parts=parts_of(content.document),
        document=document_shape(content.document),
        check=_check(review, content, now, language),
        is_outdated=review.is_outdated,
        log=present_log(held, names, _zone_of(review, content.document), language),
        backtests=[present_status(one, held.current.document_hash, rules, names) for one in tried],
        may_edit=is_writer and drafts.may(standing, DraftAction.EDIT),
        may_submit=is_writer and drafts.may(standing, DraftAction.SUBMIT),
        may_withdraw=is_writer and drafts.may(standing, DraftAction.WITHDRAW),
        may_decide=is_reviewer and drafts.may(standing, DraftAction.APPROVE) and not is_own,
        may_discard=is_writer and drafts.may(standing, DraftAction.DISCARD),
        may_try=is_writer and standing.is_open,
        is_own_work=is_own,
    )
