"""Writing campaigns and bringing them to life: every step is a row of the log, with who, why and what differs.

Whoever changes anything does so behind one lock, so that the numbers of changes ascend in the order of commits and a
copy of the schedule is known to be stale by the newest of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import Struct
from psycopg import Connection

from enishi import audit
from enishi.campaigns import budgets, queries
from enishi.campaigns.lifecycle import Action, Change, Schedule, Span, Standing, State, follow, spans_of, state_at
from enishi.campaigns.model import (
    AuthorMayNotApprove,
    CampaignChanged,
    CampaignCodeTaken,
    CampaignRules,
    CampaignState,
    CampaignVersion,
    InvalidCampaign,
    UnknownCampaign,
)
from enishi.campaigns.problems import CampaignProblem
from enishi.campaigns.validation import compare, validate
from enishi.kit.differences import difference
from enishi.kit.ids import new_id


class Campaign(Struct, frozen=True, kw_only=True):
    """A campaign with its versions and its log, and where it stands at an instant.

    ``current`` is what members and reviewers are shown: the version approved last, or else the newest.
    """

    campaign_id: UUID
    code: str
    versions: tuple[CampaignVersion, ...]
    log: tuple[Change, ...]
    standing: Standing
    state: State

    @property
    def current(self) -> CampaignVersion:
        """The version approved last; the newest where none is."""
        number = self.standing.approved[-1][0] if self.standing.approved else self.versions[-1].version
        return self.version(number)

    @property
    def draft(self) -> CampaignVersion | None:
        """The version that is being written or reviewed."""
        return None if self.standing.draft is None else self.version(self.standing.draft)

    def version(self, number: int) -> CampaignVersion:
        """One version. Raises ``UnknownCampaign``."""
        for one in self.versions:
            if one.version == number:
                return one
        raise UnknownCampaign(f"The campaign has no version {number}.", field="version")


class Deed(Struct, frozen=True):
    """Who does something with a campaign, and why; ``expected`` is the newest change of it that they have seen."""

    author: str
    reason: str
    at: datetime
    expected: int | None = None


def ask_latest_change(conn: Connection) -> Callable[[], int]:
    """Ask for the number of the newest change; in a pipeline the answer is waited for when it is called for."""
    answer = queries.ask_latest_change(conn)
    return lambda: answer() or 0


def load_schedule(conn: Connection) -> Schedule:
    """What was, is and will be live, of all campaigns that somebody approved."""
    logs: dict[UUID, list[Change]] = {}
    latest = 0
    for change in queries.select_changes(conn, None):
        logs.setdefault(change.campaign_id, []).append(change)
        latest = change.change_id
    versions: dict[UUID, dict[int, CampaignVersion]] = {}
    for version in queries.select_versions(conn, list(logs)) if logs else ():
        versions.setdefault(version.campaign_id, {})[version.version] = version
    spans: list[Span] = []
    for campaign_id, log in logs.items():
        spans += spans_of(follow(log), versions[campaign_id])
    return Schedule(spans, latest, (one for own in versions.values() for one in own.values()))


def list_campaigns(conn: Connection, now: datetime) -> list[Campaign]:
    """Every campaign, those that start last first."""
    logs: dict[UUID, list[Change]] = {}
    for change in queries.select_changes(conn, None):
        logs.setdefault(change.campaign_id, []).append(change)
    versions: dict[UUID, list[CampaignVersion]] = {}
    for version in queries.select_versions(conn, None):
        versions.setdefault(version.campaign_id, []).append(version)
    found = [_assemble(own, logs[campaign_id], now) for campaign_id, own in versions.items()]
    return sorted(found, key=lambda one: (one.current.rules.starts_at, one.code), reverse=True)


def load_campaign(conn: Connection, code: str, now: datetime) -> Campaign:
    """One campaign. Raises ``UnknownCampaign``."""
    campaign_id = queries.select_codes(conn).get(code)
    if campaign_id is None:
        raise UnknownCampaign(f"No campaign has the code {code}.", field="code", remedy="Look the code up in the list.")
    return _assemble(queries.select_versions(conn, [campaign_id]), queries.select_changes(conn, [campaign_id]), now)


def _assemble(versions: Sequence[CampaignVersion], log: Sequence[Change], now: datetime) -> Campaign:
    standing = follow(log)
    number = standing.approved[-1][0] if standing.approved else versions[-1].version
    shown = next(one for one in versions if one.version == number)
    return Campaign(
        campaign_id=versions[0].campaign_id,
        code=versions[0].code,
        versions=tuple(versions),
        log=tuple(log),
        standing=standing,
        state=state_at(standing, shown, now),
    )


def find_problems(conn: Connection, code: str, rules: CampaignRules, now: datetime) -> list[CampaignProblem]:
    """Everything that is wrong with rules, in themselves and beside the campaigns that run at the same time."""
    others = [
        (one.code, one.current.rules)
        for one in list_campaigns(conn, now)
        if one.standing.approved and one.state is not State.ENDED
    ]
    return [*validate(rules, code), *compare(rules, code, others)]


def create_campaign(conn: Connection, code: str, rules: CampaignRules, deed: Deed) -> Campaign:
    """Begin a campaign as a draft, in the caller's transaction. Refuses ``CampaignCodeTaken``, ``InvalidCampaign``.

    A draft may still contradict other campaigns; sending it to review may not.
    """
    _check_deed(deed)
    _require_valid(validate(rules, code))
    queries.lock_changes(conn)
    campaign_id = new_id()
    if not queries.insert_campaign(conn, campaign_id, code, deed.at):
        raise CampaignCodeTaken(
            f"Another campaign has the code {code}.", field="code", remedy="Choose another code for the new campaign."
        )
    _write_version(conn, campaign_id, code, number=1, rules=rules, deed=deed)
    _log(conn, campaign_id, 1, Action.CREATE, deed)
    return load_campaign(conn, code, deed.at)


def edit_campaign(conn: Connection, code: str, rules: CampaignRules, deed: Deed) -> Campaign:
    """Save rules as the next version, a draft; what is live stays live until this one is approved.

    Refuses ``UnknownCampaign``, ``InvalidCampaign``, ``CampaignState`` (ended), ``CampaignChanged``.
    """
    _check_deed(deed)
    _require_valid(validate(rules, code))
    held = _lock(conn, code, deed)
    _require(held, held.standing.ended_at is None, "It has ended.")
    newest = held.versions[-1]
    before = (held.draft or held.current).rules
    changes = difference(before, rules)
    if not changes:
        raise InvalidCampaign("Nothing differs from the last version.", field="rules", remedy="Change something.")
    _write_version(conn, held.campaign_id, code, number=newest.version + 1, rules=rules, deed=deed)
    queries.insert_change(
        conn,
        Change(
            change_id=ask_latest_change(conn)() + 1,
            campaign_id=held.campaign_id,
            version=newest.version + 1,
            action=Action.EDIT,
            at=deed.at,
            author=deed.author,
            reason=deed.reason,
            diff=changes,
        ),
    )
    _audit(conn, str(held.campaign_id), Action.EDIT, deed, newest.version + 1)
    return load_campaign(conn, code, deed.at)


def submit_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Send the draft to review. Refuses ``InvalidCampaign`` with every problem, ``CampaignState``."""
    _check_deed(deed)
    held = _lock(conn, code, deed)
    draft = held.draft
    if draft is None or held.standing.in_review:
        raise _not_in_state(held, "There is no draft to be reviewed.")
    _require_valid(find_problems(conn, code, draft.rules, deed.at))
    _require_not_over(draft.rules, deed)
    _log(conn, held.campaign_id, draft.version, Action.SUBMIT, deed)
    return load_campaign(conn, code, deed.at)


def withdraw_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Take the draft back from review. Refuses ``CampaignState``."""
    return _decide(conn, code, Action.WITHDRAW, deed)


def reject_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Send the draft back to its author, with the reason. Refuses ``CampaignState``."""
    return _decide(conn, code, Action.REJECT, deed)


def approve_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Approve what waits for review: it is live from the later of now and its start, and its budgets are granted.

    Refuses ``AuthorMayNotApprove`` to whoever wrote or submitted it, ``InvalidCampaign`` when it has come to contradict
    another campaign, ``CampaignState``, ``CampaignChanged``.
    """
    _check_deed(deed)
    held = _lock(conn, code, deed)
    draft = held.draft
    if draft is None or not held.standing.in_review:
        raise _not_in_state(held, "Nothing of it waits for review.")
    if deed.author in held.standing.writers:
        raise AuthorMayNotApprove(
            "Who wrote the rules or sent them to review may not approve them.",
            remedy="Have another person with the permission campaigns.review decide.",
        )
    _require_valid(find_problems(conn, code, draft.rules, deed.at))
    _require_not_over(draft.rules, deed)
    # A claim holds budgets while it waits for the audit's chain; so budgets come first here too.
    budgets.grant(conn, draft, deed.at)
    _log(conn, held.campaign_id, draft.version, Action.APPROVE, deed)
    return load_campaign(conn, code, deed.at)


def pause_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Pause from this instant on. Refuses ``CampaignState`` unless it is live or scheduled."""
    return _switch(conn, code, Action.PAUSE, deed, {State.LIVE, State.SCHEDULED})


def resume_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """Go on from this instant. Refuses ``CampaignState`` unless it is paused."""
    return _switch(conn, code, Action.RESUME, deed, {State.PAUSED})


def end_campaign(conn: Connection, code: str, deed: Deed) -> Campaign:
    """End it for good from this instant on; a draft is given up. Refuses ``CampaignState`` when it has ended."""
    return _switch(conn, code, Action.END, deed, set(State) - {State.ENDED})


def _decide(conn: Connection, code: str, action: Action, deed: Deed) -> Campaign:
    _check_deed(deed)
    held = _lock(conn, code, deed)
    draft = held.draft
    if draft is None or not held.standing.in_review:
        raise _not_in_state(held, "Nothing of it waits for review.")
    _log(conn, held.campaign_id, draft.version, action, deed)
    return load_campaign(conn, code, deed.at)


def _switch(conn: Connection, code: str, action: Action, deed: Deed, states: set[State]) -> Campaign:
    _check_deed(deed)
    held = _lock(conn, code, deed)
    _require(held, held.state in states, f"It is {held.state.value}.")
    _log(conn, held.campaign_id, held.current.version, action, deed)
    return load_campaign(conn, code, deed.at)


def _lock(conn: Connection, code: str, deed: Deed) -> Campaign:
    queries.lock_changes(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    held = load_campaign(conn, code, deed.at)
    if deed.expected is not None and deed.expected != held.standing.latest_change:
        raise CampaignChanged(
            "Somebody has changed the campaign meanwhile.",
            remedy="Load it again and compare before you go on.",
            latest_change=held.standing.latest_change,
        )
    return held


def _write_version(
    conn: Connection, campaign_id: UUID, code: str, *, number: int, rules: CampaignRules, deed: Deed
) -> None:
    queries.insert_version(
        conn,
        CampaignVersion(
            campaign_id=campaign_id,
            code=code,
            version=number,
            rules=rules,
            author=deed.author,
            reason=deed.reason,
            created_at=deed.at,
        ),
    )


def _log(conn: Connection, campaign_id: UUID, version: int, action: Action, deed: Deed) -> None:
    queries.insert_change(
        conn,
        Change(
            change_id=ask_latest_change(conn)() + 1,
            campaign_id=campaign_id,
            version=version,
            action=action,
            at=deed.at,
            author=deed.author,
            reason=deed.reason,
        ),
    )
    _audit(conn, str(campaign_id), action, deed, version)


def _audit(conn: Connection, target: str, action: Action, deed: Deed, version: int) -> None:
    audit.record_event(
        conn,
        actor=deed.author,
        action=f"campaign.{action.value}",
        target=f"campaign:{target}",
        detail={"version": version, "reason": deed.reason},
        at=deed.at,
    )


def _check_deed(deed: Deed) -> None:
    for field, text in (("author", deed.author), ("reason", deed.reason)):
        if not text.strip():
            raise InvalidCampaign(f"The {field} is empty.", field=field, remedy="Say who does this, and why.")


def _require_valid(problems: Sequence[CampaignProblem]) -> None:
    if problems:
        first = problems[0]
        raise InvalidCampaign(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )


def _require_not_over(rules: CampaignRules, deed: Deed) -> None:
    if rules.ends_at <= deed.at:
        raise InvalidCampaign(
            "The campaign would have ended already.", field="ends_at", remedy="Choose an end in the future."
        )


def _require(held: Campaign, holds: bool, detail: str) -> None:
    if not holds:
        raise _not_in_state(held, detail)


def _not_in_state(held: Campaign, detail: str) -> CampaignState:
    return CampaignState(
        f"The campaign {held.code} can not do this now. {detail}", remedy="Load it again.", state=held.state.value
    )
