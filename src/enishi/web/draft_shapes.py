"""The JSON of drafts of the configuration, as the console sends and receives it."""

from datetime import UTC, datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from enishi.drafts import BacktestState, DraftAction, DraftStage
from enishi.web.campaign_rules import CampaignRulesShape
from enishi.web.ladder_shapes import LadderShape
from enishi.web.program_shapes import ProgramExample, ProgramSettingsShape
from enishi.web.shapes import Body, Shape

Part = Literal["program", "ladder", "campaigns"]
Title = Annotated[str, Field(min_length=1, max_length=100)]
Reason = Annotated[str, Field(min_length=1, max_length=500)]
CampaignCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9-]*$")]
DangerCode = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z.-]+$")]
Codes = Annotated[tuple[CampaignCode, ...], Field(max_length=200)]
Accepted = Annotated[tuple[DangerCode, ...], Field(max_length=50)]
Yaml = Annotated[str, Field(min_length=1, max_length=2_000_000)]
_EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(2200, 1, 1, tzinfo=UTC)


def _within_reason(instant: datetime) -> datetime:
    if not _EARLIEST <= instant < _LATEST:
        raise ValueError("The instant lies before 2000 or after 2199")
    return instant


Instant = Annotated[AwareDatetime, AfterValidator(_within_reason)]
Deeds = Literal["submit", "withdraw", "send_back", "approve", "discard"]


class ConfigurationShape(Body):
    """A document: the parts that it leaves out stay as they are."""

    program: ProgramSettingsShape | None = None
    ladder: LadderShape | None = None
    campaigns: Annotated[dict[CampaignCode, CampaignRulesShape], Field(max_length=2_000)] | None = None


class DraftToCreate(Body):
    """A new draft, of what is in force now: the parts named, and campaigns as their own drafts stand; or of YAML."""

    title: Title
    parts: Annotated[tuple[Literal["program", "ladder"], ...], Field(max_length=2)] = ()
    campaigns: Codes = ()
    yaml: Yaml | None = None
    effective_at: Instant | None = None
    reason: Reason


class DraftEdit(Body):
    """A draft as it shall be; ``take_campaigns`` are put in as their own drafts stand."""

    title: Title
    document: ConfigurationShape
    take_campaigns: Codes = ()
    effective_at: Instant | None
    reason: Reason
    expected: int


class DraftYaml(Body):
    """The whole document as a file; ``expected`` is the ``latest_change`` of the page."""

    yaml: Yaml
    reason: Reason
    expected: int


class DraftDeed(Body):
    """Why something is done, and the dangers that are accepted by their codes."""

    reason: Reason
    expected: int
    accepted: Accepted = ()


class DraftToCheck(Body):
    """A document to be looked at, whether or not it is saved."""

    document: ConfigurationShape
    effective_at: Instant | None = None


class BacktestToRequest(Body):
    """From when on figures are counted; null is from the first receipt."""

    since: Instant | None = None


class DraftProblem(Shape):
    """What keeps a draft from being applied. ``code`` names the kind of problem of a ladder; empty elsewhere."""

    section: Part | None
    subject: str
    field: str
    label: str
    code: str
    detail: str
    remedy: str


class DraftDanger(Shape):
    """A change that can do harm, to be accepted by its code. ``accepted``: whoever submitted it did."""

    code: str
    field: str
    detail: str
    remedy: str
    accepted: bool


class DraftChangeShown(Shape):
    """One thing that changes of what is in force, in words. ``name`` is the campaign's."""

    section: Part
    subject: str
    name: str
    field: str
    label: str
    before: str | None
    after: str | None


class DraftCheck(Shape):
    """A document held against what is in force."""

    problems: list[DraftProblem]
    dangers: list[DraftDanger]
    changes: list[DraftChangeShown]
    left_alone: list[str]
    sentences: list[str]
    examples: list[ProgramExample]


class DraftBriefShape(Shape):
    """A draft in the list."""

    draft: int
    title: str
    state: DraftStage
    parts: list[Part]
    revision: int
    effective_at: AwareDatetime | None
    created_by: str
    changed_at: AwareDatetime


class DraftList(Shape):
    """Every draft, the one changed last first, and what the operator may do."""

    drafts: list[DraftBriefShape]
    may_write: bool
    may_review: bool


class DraftDifference(Shape):
    """One field that an edit changed of the revision before, in words; null where there was none."""

    label: str
    before: str | None
    after: str | None


class DraftLogEntry(Shape):
    """One row of the log. ``effects`` are what a submission or an approval said the draft would change."""

    change: int
    revision: int
    action: DraftAction
    at: AwareDatetime
    author: str
    reason: str
    accepted: list[str]
    effects: int | None
    differences: list[DraftDifference]


class BacktestStatus(Shape):
    """A back-test without its result. ``stale`` says why its result answers no more what the draft asks.

    ``document``: the draft has changed since; ``rules``: what is in force has.
    """

    backtest: int
    revision: int
    state: BacktestState
    requested_by: str
    requested_at: AwareDatetime
    since: AwareDatetime | None
    started_at: AwareDatetime | None
    finished_at: AwareDatetime | None
    history_until: AwareDatetime | None
    receipts_done: int
    receipts_total: int | None
    attempts: int
    error_code: str | None
    error_detail: str | None
    stale: list[Literal["document", "rules"]]


class DraftCampaign(Shape):
    """A campaign that a draft can take up: its own draft, or its rules as they stand."""

    code: str
    name: str
    has_draft: bool


class DraftChoices(Shape):
    """What a new draft can hold."""

    has_program: bool
    has_ladder: bool
    campaigns: list[DraftCampaign]


class DraftDetail(Shape):
    """A draft with what it changes of what is in force, its log, newest first, and what the operator may do now.

    ``is_outdated``: settings in force changed since it was submitted, so it would change something else now.
    ``latest_change`` is sent back with whatever is done.
    """

    draft: int
    title: str
    state: DraftStage
    revision: int
    latest_change: int
    effective_at: AwareDatetime | None
    parts: list[Part]
    document: ConfigurationShape
    check: DraftCheck
    is_outdated: bool
    log: list[DraftLogEntry]
    backtests: list[BacktestStatus]
    may_edit: bool
    may_submit: bool
    may_withdraw: bool
    may_decide: bool
    may_discard: bool
    may_try: bool
    is_own_work: bool
