"""One story told through every example of the description: a customer buys two things at a shop in Kyoto.

Tests decode each example with the decoder of its route and hold it against its schema, so that none goes stale.
"""

from __future__ import annotations

from typing import Any, Final

from enishi.gateway.benefit_examples import BENEFIT_ANSWERS, BENEFIT_BODIES
from enishi.gateway.campaigns import CAMPAIGN_ANSWERS, NOT_APPLIED
from enishi.gateway.merges import MERGE_ANSWERS, MERGE_BODIES
from enishi.gateway.oversight_examples import OVERSIGHT_ANSWERS, OVERSIGHT_BODIES
from enishi.gateway.point_examples import POINT_ANSWERS, POINT_BODIES
from enishi.gateway.ranks import RANK_ANSWERS, RANK_EXAMPLE
from enishi.gateway.referral_examples import REFERRAL_ANSWERS, REFERRAL_BODIES
from enishi.gateway.registration_examples import REGISTRATION_ANSWERS, REGISTRATION_BODIES
from enishi.gateway.reservation_examples import RESERVATION_ANSWERS, RESERVATION_BODIES, RESERVATION_PROBLEMS

_CUSTOMER: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_PURCHASE: Final = "019aa93f-1d8c-7b02-9a41-6c7d8e9f0a1b"
_ENTRY: Final = f"{_CUSTOMER}-12"
_OCCURRED_AT: Final = "2026-11-22T18:30:00+09:00"
_RECORDED_AT: Final = "2026-11-22T09:30:00.412Z"
_REASON: Final = "税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て"
_LOT: Final[dict[str, Any]] = {"kind": "regular", "points": 300, "expires_on": "2027-01-31"}
_BALANCE: Final[dict[str, Any]] = {"available": 569, "regular": 469, "limited": 100, "next_expiry": _LOT}

PURCHASE: Final[dict[str, Any]] = {
    "source": "pos-kyoto",
    "external_id": "0421-03-20261122-0187",
    "channel": "pos",
    "store": "0421",
    "terminal": "03",
    "occurred_at": _OCCURRED_AT,
    "identifiers": [{"kind": "card", "value": "9001 2345 67890"}],
    "tax_mode": "included",
    "lines": [
        {"sku": "4901234567894", "quantity": 2, "unit_price_yen": 540, "tax_rate_percent": 8, "category": "tea"},
        {"sku": "4909876543210", "quantity": 1, "unit_price_yen": 1_078, "tax_rate_percent": 10, "category": "cup"},
    ],
    "payments": [{"method": "qr_code", "amount_yen": 2_158}],
    "points_to_use": 0,
}
_AWARD: Final[dict[str, Any]] = {"kind": "regular", "points": 19, "expires_on": "2027-11-30", "reason": _REASON}
_RECORDED: Final[dict[str, Any]] = {
    "purchase_id": _PURCHASE,
    "replayed": False,
    "customer_id": _CUSTOMER,
    "occurred_at": _OCCURRED_AT,
    "recorded_at": _RECORDED_AT,
    "total_yen": 2_158,
    "points": {"earned": 19, "used": 0, "awards": [{**_AWARD, "entry_id": _ENTRY}], "balance": _BALANCE, "pending": []},
    "notices": [],
    "rank": RANK_EXAMPLE,
}
_NEW_CARD: Final = "5f0e7c2a91d3b64e8a07"
_OLD_CARD: Final[dict[str, Any]] = {
    "card_id": "c41be07a2f5d9368e1b4",
    "masked": "•••7890",
    "linked_at": "2025-04-03T02:11:09Z",
    "ended_at": _RECORDED_AT,
    "ended_reason": "lost",
    "replaced_by": _NEW_CARD,
}
_CARD_ISSUE: Final[dict[str, Any]] = {
    "customer_id": _CUSTOMER,
    "replayed": False,
    "card": {"card_id": _NEW_CARD, "number": "2804715093627", "issued_at": _RECORDED_AT},
    "replaces": _OLD_CARD,
}
_QUOTE: Final[dict[str, Any]] = {
    "customer_id": _CUSTOMER,
    "total_yen": 2_158,
    "points": {"earned": 19, "used": 0, "awards": [_AWARD], "balance": _BALANCE, "pending": []},
    "notices": [],
    "campaigns_not_applied": [NOT_APPLIED],
    "rank": RANK_EXAMPLE,
}
RETURN: Final[dict[str, Any]] = {
    "source": "pos-kyoto",
    "external_id": "0421-03-20261123-R004",
    "store": "0421",
    "terminal": "03",
    "occurred_at": "2026-11-23T11:05:00+09:00",
    "receipt": {"source": "pos-kyoto", "external_id": "0421-03-20261122-0187"},
    "lines": [{"line": 2, "quantity": 1}],
}
_RETURNED: Final[dict[str, Any]] = {
    "return_id": "019aacd2-7b40-7e31-8c52-1d2e3f4a5b6c",
    "replayed": False,
    "purchase_id": _PURCHASE,
    "customer_id": _CUSTOMER,
    "occurred_at": "2026-11-23T11:05:00+09:00",
    "recorded_at": "2026-11-23T02:05:00.218Z",
    "refund_yen": 1_078,
    "pay_back_yen": 1_078,
    "completes": False,
    "points": {
        "taken_back": 9,
        "absorbed": 0,
        "given_back": 0,
        "lost": 0,
        "owed": 0,
        "balance": {**_BALANCE, "available": 560, "regular": 460},
        "pending_cancelled": 0,
    },
}
_PENDING: Final[dict[str, Any]] = {
    "purchase_id": "019aa88b-4c31-7d0e-9b57-0f1e2d3c4b5a",
    "kind": "regular",
    "points": 40,
    "due_on": None,
    "waits_for": "delivered",
    "reason": "税抜 ¥4,000 ÷ 100円 × 1pt = 40pt、端数切捨て",
}
_EVENT: Final[dict[str, Any]] = {
    "purchase_id": _PENDING["purchase_id"],
    "event": "shipped",
    "replayed": False,
    "points_confirmed": 0,
    "pending": [_PENDING],
}
_CANCELLED: Final[dict[str, Any]] = {
    **_RETURNED,
    "refund_yen": 2_158,
    "pay_back_yen": 2_158,
    "completes": True,
    "points": {**_RETURNED["points"], "taken_back": 19, "balance": {**_BALANCE, "available": 550, "regular": 450}},
}
_ENTRY_ANSWER: Final[dict[str, Any]] = {
    "entry_id": _ENTRY,
    "type": "earn",
    "points": 19,
    "balance_after": 569,
    "lots": [{"kind": "regular", "points": 19, "expires_on": "2027-11-30"}],
    "store": "0421",
    "purchase_id": _PURCHASE,
    "occurred_at": "2026-11-22T09:30:00Z",
    "recorded_at": _RECORDED_AT,
}


def problem(code: str, title: str, status: int, detail: str, **members: Any) -> dict[str, Any]:
    """A problem document as it is answered."""
    common = {"type": f"urn:enishi:problem:{code}", "title": title, "status": status, "detail": detail, "code": code}
    return common | members


INSUFFICIENT: Final = problem(
    "insufficient-points",
    "Insufficient points",
    409,
    "The customer has 569 points; 800 were to be used.",
    field="points_to_use",
    remedy="Use at most 569 points.",
    available=569,
    requested=800,
)

BODIES: Final[dict[str, Any]] = {
    **POINT_BODIES,
    **MERGE_BODIES,
    **OVERSIGHT_BODIES,
    **BENEFIT_BODIES,
    **REFERRAL_BODIES,
    **REGISTRATION_BODIES,
    **RESERVATION_BODIES,
    "record_purchase": PURCHASE,
    "record_batch": {"purchases": [PURCHASE]},
    "quote_purchase": PURCHASE,
    "record_return": RETURN,
    "record_return_of_purchase": {name: value for name, value in RETURN.items() if name != "receipt"},
    "record_purchase_event": {"event": "shipped", "occurred_at": "2026-11-24T16:20:00+09:00"},
    "cancel_purchase": {"occurred_at": "2026-11-23T09:10:00+09:00"},
    "look_up_identifiers": {"identifiers": [{"kind": "phone", "value": "070-0000-1234"}]},
    "reissue_card": {"reason": "lost", "card_id": _OLD_CARD["card_id"]},
    "end_card": {"reason": "stolen", "number": "9001 2345 67890"},
}
"""A request body for each operation that takes one."""

ANSWERS: Final[dict[tuple[str, int], Any]] = {
    **POINT_ANSWERS,
    **MERGE_ANSWERS,
    **OVERSIGHT_ANSWERS,
    **BENEFIT_ANSWERS,
    **RANK_ANSWERS,
    **CAMPAIGN_ANSWERS,
    **REFERRAL_ANSWERS,
    **REGISTRATION_ANSWERS,
    **RESERVATION_ANSWERS,
    ("record_purchase", 201): _RECORDED,
    ("record_purchase", 200): {**_RECORDED, "replayed": True},
    ("record_batch", 200): {
        "items": [{"status": 201, "purchase": _RECORDED}, {"status": 409, "problem": INSUFFICIENT}],
    },
    ("quote_purchase", 200): _QUOTE,
    ("record_return", 201): _RETURNED,
    ("record_return", 200): {**_RETURNED, "replayed": True},
    ("record_return_of_purchase", 201): _RETURNED,
    ("record_purchase_event", 201): _EVENT,
    ("record_purchase_event", 200): {**_EVENT, "replayed": True},
    ("cancel_purchase", 201): _CANCELLED,
    ("cancel_purchase", 200): {**_CANCELLED, "replayed": True},
    ("show_expiring_points", 200): {
        "first_on": "2026-11-22",
        "last_on": "2026-12-21",
        "days": [{"expires_on": "2026-11-30", "kind": "regular", "members": 1_204, "points": 38_112}],
        "members": [{"customer_id": _CUSTOMER, "points": 300, "first_on": "2026-11-30"}],
        "next_cursor": None,
    },
    ("record_return_of_purchase", 200): {**_RETURNED, "replayed": True},
    ("look_up_identifiers", 200): {"matches": [{"customer_id": _CUSTOMER, "kind": "phone"}], "ended": []},
    ("list_cards", 200): {
        "customer_id": _CUSTOMER,
        "cards": [
            {
                "card_id": _NEW_CARD,
                "masked": "•••3627",
                "linked_at": _RECORDED_AT,
                "ended_at": None,
                "ended_reason": None,
                "replaced_by": None,
            },
            _OLD_CARD,
        ],
    },
    ("issue_card", 201): {**_CARD_ISSUE, "replaces": None},
    ("issue_card", 200): {**_CARD_ISSUE, "replaces": None, "replayed": True},
    ("reissue_card", 201): _CARD_ISSUE,
    ("reissue_card", 200): {**_CARD_ISSUE, "replayed": True},
    ("end_card", 200): {
        "customer_id": _CUSTOMER,
        "replayed": False,
        "card": {**_OLD_CARD, "ended_reason": "stolen", "replaced_by": None},
    },
    ("show_customer", 200): {
        "customer_id": _CUSTOMER,
        "joined_at": "2025-04-03T02:11:09Z",
        "invented": False,
        "identifiers": [{"kind": "card", "masked": "•••7890", "linked_at": "2025-04-03T02:11:09Z"}],
        "balance": _BALANCE,
        "purchases_count": 48,
        "last_purchase_at": "2026-11-22T09:30:00Z",
        "asked_as": None,
    },
    ("show_points_at", 200): {
        "customer_id": _CUSTOMER,
        "at": "2026-03-31T15:00:00Z",
        "entries": 12,
        "balance": 400,
        "available": 400,
        "held": 0,
        "lots": [{"kind": "regular", "points": 400, "expires_on": "2027-03-31"}],
        "rank": "gold",
    },
    ("show_points", 200): {
        "customer_id": _CUSTOMER,
        "as_of": _RECORDED_AT,
        "available": 569,
        "regular": 469,
        "limited": 100,
        "next_expiry": _LOT,
        "lots": [
            _LOT,
            {"kind": "limited", "points": 100, "expires_on": "2027-02-28"},
            {"kind": "regular", "points": 169, "expires_on": "2027-11-30"},
        ],
        "pending": [_PENDING],
        "held": 0,
    },
    ("list_journal", 200): {"customer_id": _CUSTOMER, "entries": [_ENTRY_ANSWER], "next_cursor": "12"},
    ("explain_entry", 200): {
        "entry": _ENTRY_ANSWER,
        "sentence": _REASON,
        "steps": [
            {"label": "対象金額（税抜）", "value": "¥1,980"},
            {"label": "付与率", "value": "100円につき1pt"},
            {"label": "端数処理", "value": "切捨て"},
        ],
        "version": {
            "version": 1,
            "name": "標準ポイント制度",
            "effective_at": "2025-04-01T00:00:00+09:00",
            "author": "system",
            "reason": "開始時の設定",
        },
    },
    ("show_health", 200): {"status": "ok"},
    ("show_readiness", 200): {"status": "ok"},
}
"""An answer for each operation and status."""

PROBLEMS: Final[dict[str, dict[str, Any]]] = {
    **RESERVATION_PROBLEMS,
    "insufficient-points": INSUFFICIENT,
    "idempotency-conflict": problem(
        "idempotency-conflict",
        "Idempotency conflict",
        409,
        "This source and external_id belong to a purchase that differs in: lines, payments.",
        field="lines",
        remedy="Send a new purchase under a new external_id; a repeat must be the same as the first.",
        fields=["lines", "payments"],
    ),
    "invalid-request": problem(
        "invalid-request",
        "Invalid request",
        422,
        "The number is outside its limit.",
        field="lines[0].quantity",
        remedy="Send at least 0.",
    ),
    "card-ended": problem(
        "card-ended",
        "Card ended",
        422,
        "The card has ended: it was lost, stolen or replaced. Its points can not be used with it.",
        field="identifiers[0].value",
        remedy="Ask for the customer's new card or phone number, or set points_to_use to 0 for an anonymous sale.",
    ),
    "too-many-cards": problem(
        "too-many-cards",
        "Too many cards",
        409,
        "This customer got 5 new cards within a day; nothing was changed.",
        remedy="End the lost card now, and issue another one tomorrow.",
    ),
    "overloaded": problem(
        "overloaded",
        "Too many requests",
        429,
        "4096 requests are waiting already; this one was not taken in and nothing was recorded.",
        remedy="Send it again after the time in Retry-After.",
        retry_after_seconds=2,
    ),
    "store-not-allowed": problem(
        "store-not-allowed",
        "Store not allowed",
        403,
        "This API key is not for this store; nothing was recorded.",
        field="store",
        remedy="Use the key of the store, or have an operator widen this one.",
    ),
}
"""Problems that carry more than their common members, by code."""
