"""What each role may adjust, and for which reasons: shown with its history, changed, and each change recorded."""

from typing import Annotated, Literal

from fastapi import APIRouter
from psycopg import Connection
from pydantic import AwareDatetime, Field

from enishi import access, audit, flows, ledger
from enishi.access import Locale, Permission
from enishi.kit.errors import InvalidRequest, NotFound
from enishi.ledger import AdjustmentLimit, Reason
from enishi.web.adjusting_shapes import LimitShape
from enishi.web.authority import names_of_actors, require_whole_company
from enishi.web.declare import Caller, Conn, Language, Use, requires
from enishi.web.shapes import Body, Shape

router = APIRouter(prefix="/api/console/points", tags=["console"])

Setting = Annotated[Caller, requires(Permission.POINTS_LIMITS)]
Points = Annotated[int, Field(ge=0, le=1_000_000_000)]
ReasonCode = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,40}$")]
Name = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_CHANGES = ("points.limit_set", "points.limit_removed", "points.reason_set")
_HISTORY = 30
_REASONS_MOST = 100
_API_NAMES = {Locale.JA: "APIキー", Locale.EN: "API keys"}


class RoleLimit(Shape):
    """A role and what it may adjust; ``limit`` null lets it adjust nothing.

    ``adjusts``: the role has the permission to adjust; ``approves``: that to decide about others' adjustments.
    """

    role: str
    name: str
    adjusts: bool
    approves: bool
    limit: LimitShape | None


class ReasonShape(Shape):
    """Why points may be adjusted. Once ended, a reason can not be chosen, and stays on what it explains."""

    code: str
    name_ja: str
    name_en: str
    position: int
    ended_at: AwareDatetime | None


class Change(Shape):
    """What one value was before and is after; null where there was or is none."""

    field: str
    before: str | int | bool | None
    after: str | int | bool | None


class ChangeShape(Shape):
    """Who changed which limit or reason, and what of it. ``target`` names the role or the reason."""

    at: AwareDatetime
    by: str
    subject: Literal["limit", "limit_removed", "reason"]
    target: str
    changes: list[Change]


class LimitsPage(Shape):
    """Limits by role, reasons in their order, and the last changes."""

    roles: list[RoleLimit]
    reasons: list[ReasonShape]
    history: list[ChangeShape]


class LimitBody(Body):
    """What a role may adjust: at once, in a day, and alone; the three have to ascend from alone to a day."""

    points_each: Points
    points_a_day: Points
    alone_up_to: Points


class ReasonBody(Body):
    """A reason with its names and its place in the list; ``ended`` takes it out of the choice."""

    name_ja: Name
    name_en: Name
    position: Annotated[int, Field(ge=1, le=1_000)]
    ended: bool = False


@router.get("/limits")
def read_limits(caller: Setting, conn: Conn, language: Language) -> LimitsPage:
    """Limits, reasons and their history."""
    require_whole_company(caller, "The limits")
    return _page(conn, language)


@router.post("/limits/{role}")
def set_limit(  # noqa: PLR0917 - what the framework hands in
    role: str, body: LimitBody, caller: Setting, conn: Conn, use: Use, language: Language
) -> LimitsPage:
    """Set what a role may adjust: 422 unless alone ≤ at once ≤ in a day."""
    require_whole_company(caller, "The limits")
    if role != flows.API_ROLE and role not in {one.role for one in access.list_roles(conn)}:
        raise NotFound("There is no such role.", field="role")
    limit = AdjustmentLimit(role, body.points_each, body.points_a_day, body.alone_up_to)
    ledger.put_limit(conn, limit, actor=caller.actor, now=use.clock())
    return _page(conn, language)


@router.delete("/limits/{role}")
def remove_limit(role: str, caller: Setting, conn: Conn, use: Use, language: Language) -> LimitsPage:
    """Let a role adjust nothing."""
    require_whole_company(caller, "The limits")
    ledger.remove_limit(conn, role, actor=caller.actor, now=use.clock())
    return _page(conn, language)


@router.post("/reasons/{reason}")
def set_reason(  # noqa: PLR0917 - what the framework hands in
    reason: ReasonCode, body: ReasonBody, caller: Setting, conn: Conn, use: Use, language: Language
) -> LimitsPage:
    """Add a reason, rename it, move it, or end it. What has been explained by it keeps the words of that day."""
    require_whole_company(caller, "The reasons")
    known = ledger.load_reasons(conn)
    before = known.get(reason)
    if before is None and len(known) >= _REASONS_MOST:
        raise InvalidRequest(
            f"There are {_REASONS_MOST} reasons already.", field="reason", remedy="Rename one that has ended."
        )
    if body.ended and all(one.ended_at is not None for code, one in known.items() if code != reason):
        raise InvalidRequest(
            "It is the last reason; without one nothing could be adjusted.", field="ended", remedy="Add another first."
        )
    ended_at = (before.ended_at if before and before.ended_at else use.clock()) if body.ended else None
    ledger.put_reason(
        conn,
        Reason(reason, body.name_ja.strip(), body.name_en.strip(), body.position, ended_at),
        actor=caller.actor,
        now=use.clock(),
    )
    return _page(conn, language)


def _page(conn: Connection, language: Locale) -> LimitsPage:
    limits = {one.role: one for one in ledger.list_limits(conn)}
    reasons = list(ledger.load_reasons(conn).values())
    roles = [
        RoleLimit(
            role=one.role,
            name=one.names[language.value],
            adjusts=Permission.POINTS_ADJUST in one.permissions,
            approves=Permission.POINTS_APPROVE in one.permissions,
            limit=_limit(limits.get(one.role)),
        )
        for one in access.list_roles(conn)
    ]
    keys = RoleLimit(
        role=flows.API_ROLE,
        name=_API_NAMES[language],
        adjusts=True,
        approves=True,
        limit=_limit(limits.get(flows.API_ROLE)),
    )
    targets = [f"role:{one.role}" for one in (*roles, keys)] + [f"reason:{one.reason}" for one in reasons]
    return LimitsPage(
        roles=[*roles, keys],
        reasons=[
            ReasonShape(
                code=one.reason,
                name_ja=one.name_ja,
                name_en=one.name_en,
                position=one.position,
                ended_at=one.ended_at,
            )
            for one in reasons
        ],
        history=_history(conn, targets),
    )


def _limit(one: AdjustmentLimit | None) -> LimitShape | None:
    if one is None:
        return None
    return LimitShape(points_each=one.points_each, points_a_day=one.points_a_day, alone_up_to=one.alone_up_to)


def _history(conn: Connection, targets: list[str]) -> list[ChangeShape]:
    events = audit.list_events_on(conn, targets, _CHANGES, _HISTORY)
    names = names_of_actors(conn, [one.actor for one in events])
    return [
        ChangeShape(
            at=event.at,
            by=names[event.actor],
            subject=_SUBJECTS[event.action],
            target=event.target.partition(":")[2],
            changes=_changes(event.detail),
        )
        for event in events
    ]


_SUBJECTS: dict[str, Literal["limit", "limit_removed", "reason"]] = {
    "points.limit_set": "limit",
    "points.limit_removed": "limit_removed",
    "points.reason_set": "reason",
}
_BEFORE = "_before"


def _changes(detail: audit.Detail) -> list[Change]:
    """What an event says has changed; all of it, when the event says nothing of before."""
    fields = [name for name in detail if not name.endswith(_BEFORE)]
    was = {name.removesuffix(_BEFORE): _plain(value) for name, value in detail.items() if name.endswith(_BEFORE)}
    if not fields:
        return [Change(field=name, before=value, after=None) for name, value in was.items()]
    changed = [name for name in fields if name in was] or fields
    return [Change(field=name, before=was.get(name), after=_plain(detail[name])) for name in changed]


def _plain(value: object) -> str | int | bool | None:
    return value if isinstance(value, str | int) else None
