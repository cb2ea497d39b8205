"""Every operation of the pages' API, and whom it is for: written by hand, so that a test can hold the app to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode
from uuid import UUID

from enishi.access import Permission

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.web.factories import Chain

GUARDED: Final[Mapping[Permission, tuple[str, ...]]] = {
    Permission.HOME_READ: ("GET /api/console/home",),
    Permission.CUSTOMERS_READ: (
        "GET /api/console/customers/{customer_id}",
        "GET /api/console/customers/{customer_id}/cards",
        "GET /api/console/customers/{customer_id}/merges",
        "GET /api/console/customers/{customer_id}/rank",
        "POST /api/console/customers:search",
        "GET /api/console/ranks/tiers/{code}/members",
    ),
    Permission.CUSTOMERS_MERGE: (
        "POST /api/console/customers/{customer_id}/merges",
        "POST /api/console/customers/{customer_id}/merges:preview",
        "POST /api/console/customers/{customer_id}/merges:preview-undo",
        "POST /api/console/customers/{customer_id}/merges:undo",
    ),
    Permission.CUSTOMERS_EXPORT: (
        "GET /api/console/customers/{customer_id}/timeline.csv",
        "GET /api/console/points/expiring.csv",
        "GET /api/console/ranks/tiers/{code}/members.csv",
    ),
    Permission.PURCHASES_READ: (
        "GET /api/console/customers/{customer_id}/timeline",
        "GET /api/console/purchases/{purchase_id}",
        "GET /api/console/purchases/{purchase_id}/campaigns",
    ),
    Permission.POINTS_READ: (
        "GET /api/console/customers/{customer_id}/points",
        "GET /api/console/customers/{customer_id}/points-at",
        "GET /api/console/entries/{entry_id}/explanation",
        "GET /api/console/points/expiring",
        "GET /api/console/points/offline",
        "GET /api/console/points/offline.csv",
        "GET /api/console/points/offline/overspends",
    ),
    Permission.PROGRAM_READ: (
        "POST /api/console/draft-check",
        "GET /api/console/draft-choices",
        "GET /api/console/drafts",
        "GET /api/console/drafts/{draft}",
        "GET /api/console/drafts/{draft}/backtests/{backtest}",
        "GET /api/console/drafts/{draft}/backtests/{backtest}/result",
        "POST /api/console/drafts/{draft}/deeds/{deed}",
        "GET /api/console/drafts/{draft}/document.yaml",
        "GET /api/console/program",
    ),
    Permission.AUDIT_READ: ("GET /api/console/audit",),
    Permission.ACCOUNTING_READ: (
        "GET /api/console/accounting",
        "GET /api/console/accounting/as-of",
        "GET /api/console/accounting/settings",
        "GET /api/console/accounting/{sheet}.csv",
    ),
    Permission.ACCOUNTING_CLOSE: (
        "POST /api/console/accounting/closes",
        "POST /api/console/accounting/settings",
    ),
    Permission.COUNTER_USE: (
        "GET /api/counter/customers/{customer_id}",
        "GET /api/counter/customers/{customer_id}/benefits",
        "GET /api/counter/customers/{customer_id}/cards",
        "GET /api/counter/customers/{customer_id}/rank",
        "GET /api/counter/customers/{customer_id}/referral",
        "GET /api/counter/entries/{entry_id}/explanation",
        "POST /api/counter/lookup",
        "GET /api/counter/purchases/{purchase_id}",
        "GET /api/counter/stores",
    ),
    Permission.CARDS_REISSUE: (
        "POST /api/counter/customers/{customer_id}/cards",
        "POST /api/counter/customers/{customer_id}/cards:end",
        "POST /api/counter/customers/{customer_id}/cards:reissue",
    ),
    Permission.POINTS_ADJUST: (
        "POST /api/console/customers/{customer_id}/adjustments",
        "POST /api/console/customers/{customer_id}/adjustments:quote",
        "POST /api/console/entries/{entry_id}/reinstatement",
        "POST /api/console/entries/{entry_id}/reinstatement:quote",
        "GET /api/console/points/adjusting",
    ),
    Permission.POINTS_APPROVE: (
        "GET /api/console/points/requests",
        "GET /api/console/points/requests.csv",
        "GET /api/console/points/requests/count",
        "POST /api/console/points/requests/{request_id}/decision",
    ),
    Permission.POINTS_LIMITS: (
        "GET /api/console/points/limits",
        "DELETE /api/console/points/limits/{role}",
        "POST /api/console/points/limits/{role}",
        "POST /api/console/points/reasons/{reason}",
    ),
    Permission.POINTS_FREEZE: ("POST /api/console/customers/{customer_id}/freeze",),
    Permission.POINTS_TRANSFER: (
        "POST /api/console/customers/{customer_id}/family",
        "GET /api/console/customers/{customer_id}/transfers",
        "POST /api/console/customers/{customer_id}/transfers",
        "POST /api/console/customers/{customer_id}/transfers:quote",
    ),
    Permission.PURCHASES_CLAIM: (
        "POST /api/counter/customers/{customer_id}/claims",
        "POST /api/counter/customers/{customer_id}/claims:quote",
    ),
    Permission.RANKS_READ: (
        "GET /api/console/ranks",
        "GET /api/console/ranks/choices",
        "GET /api/console/ranks/templates",
        "POST /api/console/ranks:foresee",
        "POST /api/console/ranks:preview",
        "POST /api/console/ranks:propose",
    ),
    Permission.RANKS_PUBLISH: ("POST /api/console/ranks",),
    Permission.RANKS_OVERRIDE: (
        "POST /api/console/customers/{customer_id}/rank:end-override",
        "POST /api/console/customers/{customer_id}/rank:override",
    ),
    Permission.RETURNS_RECORD: (
        "POST /api/counter/purchases/{purchase_id}/returns",
        "POST /api/counter/purchases/{purchase_id}/returns:quote",
        "POST /api/counter/receipts:find",
        "POST /api/counter/returns",
        "GET /api/counter/returns/policy",
        "POST /api/counter/returns:quote",
    ),
    Permission.BENEFITS_READ: (
        "GET /api/console/benefits",
        "GET /api/console/benefits/gives",
        "POST /api/console/benefits:preview",
    ),
    Permission.BENEFITS_PUBLISH: (
        "POST /api/console/benefits",
        "DELETE /api/console/benefits/draft",
        "PUT /api/console/benefits/draft",
    ),
    Permission.BENEFITS_GIVE: (
        "POST /api/counter/customers/{customer_id}/benefits/{code}/give",
        "POST /api/counter/customers/{customer_id}/benefits:undo",
    ),
    Permission.REFERRALS_READ: (
        "GET /api/console/customers/{customer_id}/referrals",
        "GET /api/console/referrals",
        "GET /api/console/referrals/list",
    ),
    Permission.REFERRALS_PUBLISH: ("POST /api/console/referrals",),
    Permission.REFERRALS_REVIEW: ("POST /api/console/referrals/{referral_id}:decide",),
    Permission.REFERRALS_CLAIM: ("POST /api/counter/customers/{customer_id}/referral",),
    Permission.RESERVATIONS_READ: (
        "GET /api/console/reservations/settings",
        "GET /api/console/reservations/settings/stores",
        "GET /api/{face}/reservations/calendar",
        "GET /api/{face}/reservations/customers/{customer_id}",
        "GET /api/{face}/reservations/stores",
        "GET /api/{face}/reservations/{booking_id}",
    ),
    Permission.RESERVATIONS_WRITE: (
        "POST /api/{face}/reservations",
        "GET /api/{face}/reservations/slots",
        "POST /api/{face}/reservations/{booking_id}:change",
        "POST /api/{face}/reservations/{booking_id}:settle",
    ),
    Permission.RESERVATIONS_SETTINGS: (
        "GET /api/console/reservations/feeds",
        "POST /api/console/reservations/feeds",
        "POST /api/console/reservations/feeds:revoke",
        "POST /api/console/reservations/settings",
    ),
    Permission.CAMPAIGNS_READ: (
        "GET /api/console/campaign-calendar",
        "POST /api/console/campaign-check",
        "GET /api/console/campaign-choices",
        "POST /api/console/campaign-quote",
        "GET /api/console/campaigns",
        "GET /api/console/campaigns/{code}",
        "POST /api/console/campaigns/{code}/{deed}",
    ),
    Permission.CAMPAIGNS_WRITE: (
        "POST /api/console/campaigns",
        "POST /api/console/campaigns/{code}/draft",
    ),
    Permission.DRAFTS_WRITE: (
        "POST /api/console/drafts",
        "POST /api/console/drafts/{draft}/backtests",
        "POST /api/console/drafts/{draft}/backtests/cancel",
        "POST /api/console/drafts/{draft}/document.yaml",
        "POST /api/console/drafts/{draft}/revisions",
    ),
}
"""For operators who have the permission."""

FOR_MEMBERS: Final = (
    "GET /api/my/benefits",
    "GET /api/my/card",
    "GET /api/my/cards",
    "GET /api/my/cards/{card_id}/apple.pkpass",
    "GET /api/my/cards/{card_id}/google-wallet",
    "POST /api/my/cards:reissue",
    "POST /api/my/claims",
    "POST /api/my/claims:quote",
    "GET /api/my/entries/{entry_id}/explanation",
    "POST /api/my/gifts",
    "POST /api/my/gifts:quote",
    "GET /api/my/history",
    "POST /api/my/pool",
    "POST /api/my/pool:quote",
    "GET /api/my/purchases/{purchase_id}",
    "GET /api/my/rank",
    "GET /api/my/referral",
    "POST /api/my/referral",
    "GET /api/my/reservations",
    "POST /api/my/reservations",
    "GET /api/my/reservations/slots",
    "GET /api/my/reservations/stores",
    "POST /api/my/reservations/waits",
    "POST /api/my/reservations/waits/{wait_id}:leave",
    "GET /api/my/reservations/{booking_id}.ics",
    "POST /api/my/reservations/{booking_id}:accept",
    "POST /api/my/reservations/{booking_id}:cancel",
    "POST /api/my/reservations/{booking_id}:change",
    "GET /api/my/stores",
    "GET /api/my/transfers",
)
"""For members who are signed in, and nobody else."""

FOR_OPERATORS: Final = ("GET /api/session",)
"""For operators, whatever their roles."""

FOR_ALL: Final = (
    "GET /",
    "GET /api/demo",
    "GET /api/demo/outbox",
    "POST /api/my/codes",
    "DELETE /api/my/session",
    "POST /api/my/session",
    "GET /api/openapi.json",
    "DELETE /api/session",
    "POST /api/session",
    "GET /outbox",
    "GET /outbox/",
    "GET /{path:path}",
)

_AT: Final = "2026-11-20T03:00:00Z"
_QUERIES: Final = {
    "GET /api/console/accounting/{sheet}.csv": {"month": "2026-11-01"},
    "GET /api/console/accounting/as-of": {"at": _AT},
    "GET /api/console/campaign-calendar": {"since": _AT, "until": "2026-11-30T00:00:00Z"},
    "GET /api/console/customers/{customer_id}/points-at": {"at": _AT},
    "GET /api/console/reservations/feeds": {"store": "SHIBUYA"},
    "GET /api/console/reservations/settings": {"store": "SHIBUYA"},
    "GET /api/{face}/reservations/calendar": {"store": "SHIBUYA", "from": "2026-11-23"},
}
NOBODY: Final = UUID(int=1)


def all_operations() -> set[str]:
    """Each operation that is written down here."""
    guarded = [operation for operations in GUARDED.values() for operation in operations]
    return {*guarded, *FOR_MEMBERS, *FOR_OPERATORS, *FOR_ALL}


def guarded_calls(chain: Chain) -> Iterator[tuple[str, str, Permission]]:
    """Each operation for operators with a permission: its method, an address of it, and the permission."""
    for permission, operations in GUARDED.items():
        for operation in operations:
            yield *address_of(chain, operation), permission


def address_of(chain: Chain, operation: str) -> tuple[str, str]:
    """The method of an operation, and an address of it."""
    method, _, template = operation.partition(" ")
    path = template.format(
        customer_id=chain.hanako,
        purchase_id=chain.in_shibuya.purchase_id,
        entry_id=chain.in_shibuya.awards[0].entry_id,
        sheet="movement",
        face="counter",
        code="none",
        deed="submit",
        draft=1,
        backtest=1,
        role="staff",
        reason="apology",
        request_id=NOBODY,
        referral_id=NOBODY,
        booking_id=NOBODY,
        wait_id=NOBODY,
        card_id=NOBODY,
    )
    query = urlencode(_QUERIES.get(operation, {}))
    return method, f"{path}?{query}" if query else path
