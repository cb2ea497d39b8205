"""Configuration as a file, brought to where it is to hold: programme, ladder and campaigns in one transaction.

What is in force is read behind the locks of everybody who publishes, so what was seen, checked and accepted is what is
changed: either all of a document is in force afterwards, or nothing of it.
"""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct
from psycopg import Connection

from enishi import audit, campaigns, catalog, program, ranks
from enishi.campaigns import Campaign, Deed, State
from enishi.configuration import (
    FORMAT,
    Configuration,
    Current,
    Plan,
    find_problems,
    make_plan,
    refuse_dangers,
    refuse_problems,
)

APPLIED = "configuration.apply"


class ConfigurationOrder(Struct, frozen=True, kw_only=True):
    """How a document is applied. ``author`` and ``approver`` are named as in the audit.

    ``approver`` None leaves campaigns in review. ``accepted`` are the codes of dangers that were accepted; ``prune``
    ends the campaigns that the document does not name. Programme and ladder take effect at ``effective_at``.
    """

    author: str
    approver: str | None
    reason: str
    effective_at: datetime
    accepted: frozenset[str] = frozenset()
    prune: bool = False


class AppliedConfiguration(Struct, frozen=True, kw_only=True):
    """What was done. Versions are None where the document changed nothing of theirs."""

    plan: Plan
    program_version: int | None
    ladder_version: int | None
    campaigns: dict[str, State]


def read_current(conn: Connection, at: datetime, now: datetime, wanted: Configuration | None = None) -> Current:
    """What will be in force ``at`` an instant, and what bringing ``wanted`` into force has to mind."""
    settings = program.version_at(program.load_versions(conn), at)
    ladder = ranks.ladder_at(ranks.load_ladders(conn), at)
    held = campaigns.list_campaigns(conn, now)
    budgeted = _budgeted_in(wanted)
    given = campaigns.sum_given(conn, [one.campaign_id for one in held if one.code in budgeted])
    promised = {one.code: one.current.rules for one in held if one.standing.approved and one.state is not State.ENDED}
    return Current(
        configuration=Configuration(
            format=FORMAT,
            program=None if settings is None else settings.settings,
            ladder=None if ladder is None else ladder.ladder,
            campaigns=dict(sorted(promised.items())),
        ),
        states={one.code: one.state for one in held},
        members_by_tier={} if ladder is None else ranks.count_by_tier(conn),
        given_points={one.code: given[one.campaign_id] for one in held if one.campaign_id in given},
        stores=frozenset(catalog.load_stores(conn)),
        segments=campaigns.find_segments(conn, _segments_of(wanted)),
        now=now,
    )


def _budgeted_in(wanted: Configuration | None) -> frozenset[str]:
    """The campaigns for which it is asked what they gave: to sum that up is slow."""
    rules = {} if wanted is None else wanted.campaigns or {}
    return frozenset(code for code, one in rules.items() if one.ceilings.budget_points is not None)


def _segments_of(wanted: Configuration | None) -> list[str]:
    rules = () if wanted is None else (wanted.campaigns or {}).values()
    return sorted({name for one in rules for name in (*one.conditions.segments, *one.conditions.segments_except)})


def examine_configuration(conn: Connection, wanted: Configuration, at: datetime, now: datetime, *, prune: bool) -> Plan:
    """What applying a document would do. Raises ``InvalidConfiguration`` with everything that is wrong with it."""
    current = read_current(conn, at, now, wanted)
    refuse_problems(find_problems(wanted, current))
    return make_plan(wanted, current, prune=prune)


def apply_configuration(
    conn: Connection, wanted: Configuration, order: ConfigurationOrder, now: datetime
) -> AppliedConfiguration:
    """Bring a document into force; commits itself. Applied again it changes nothing.

    Refusals, which change nothing: ``InvalidConfiguration``, ``DangerousChange`` unless accepted,
    ``EffectiveTimeInPast``, ``LadderInPast``, ``AuthorMayNotApprove``.
    """
    with conn.transaction():
        program.lock_publishing(conn)
        ranks.lock_publishing(conn)
        campaigns.lock_changes(conn)
        plan = examine_configuration(conn, wanted, order.effective_at, now, prune=order.prune)
        refuse_dangers(plan, order.accepted)
        applied = AppliedConfiguration(
            plan=plan,
            program_version=_publish_program(conn, wanted, plan, order, now),
            ladder_version=_publish_ladder(conn, wanted, plan, order, now),
            campaigns={code: _settle_campaign(conn, code, wanted, order, now) for code in plan.campaigns},
        )
        if plan.changes:
            audit.record_event(
                conn,
                actor=order.author,
                action=APPLIED,
                target="configuration",
                detail={
                    "reason": order.reason,
                    "sections": sorted(plan.sections),
                    "campaigns": list(plan.campaigns),
                    "accepted": sorted(order.accepted),
                },
                at=now,
            )
    return applied


def _publish_program(
    conn: Connection, wanted: Configuration, plan: Plan, order: ConfigurationOrder, now: datetime
) -> int | None:
    if wanted.program is None or "program" not in plan.sections:
        return None
    return program.publish_version(conn, wanted.program, order.effective_at, order.author, order.reason, now).version


def _publish_ladder(
    conn: Connection, wanted: Configuration, plan: Plan, order: ConfigurationOrder, now: datetime
) -> int | None:
    if wanted.ladder is None or "ladder" not in plan.sections:
        return None
    return ranks.publish_ladder(conn, wanted.ladder, order.effective_at, order.author, order.reason, now).version


def _settle_campaign(
    conn: Connection, code: str, wanted: Configuration, order: ConfigurationOrder, now: datetime
) -> State:
    """Bring one campaign to what the document says, through the steps that a person would take."""
    deed = Deed(order.author, order.reason, now)
    rules = (wanted.campaigns or {}).get(code)
    if rules is None:
        return campaigns.end_campaign(conn, code, deed).state
    held = _find(conn, code, now)
    if held is None:
        held = campaigns.create_campaign(conn, code, rules, deed)
    elif (held.draft or held.current).rules != rules:
        held = campaigns.edit_campaign(conn, code, rules, deed)
    if not held.standing.in_review:
        held = campaigns.submit_campaign(conn, code, deed)
    if order.approver is not None:
        held = campaigns.approve_campaign(conn, code, Deed(order.approver, order.reason, now))
    return held.state


def _find(conn: Connection, code: str, now: datetime) -> Campaign | None:
    try:
        return campaigns.load_campaign(conn, code, now)
    except campaigns.UnknownCampaign:
        return None
