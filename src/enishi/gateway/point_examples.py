"""Examples of points that move besides sales, part of the story of ``examples``, and notes on their fields."""

from __future__ import annotations

from typing import Any, Final

_CUSTOMER: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_CHILD: Final = "019aa93c-8a11-7e01-b3d2-4c5d6e7f8091"
_PURCHASE: Final = "019aa93f-1d8c-7b02-9a41-6c7d8e9f0a1b"
_OPERATION: Final = "019aa941-0c3d-7a55-8d10-2b3c4d5e6f70"
_AT: Final = "2026-11-22T09:30:00.412Z"
_CARD: Final[list[dict[str, Any]]] = [{"kind": "card", "value": "9001 2345 67890"}]
_BALANCE: Final[dict[str, Any]] = {
    "available": 569,
    "regular": 469,
    "limited": 100,
    "next_expiry": {"kind": "regular", "points": 300, "expires_on": "2027-01-31"},
}
_HOLD: Final[dict[str, Any]] = {
    "hold_id": "019aa940-77aa-7c3d-8e21-1f2a3b4c5d6e",
    "replayed": False,
    "state": "open",
    "customer_id": _CUSTOMER,
    "points": 300,
    "captured_points": 0,
    "store": "EC",
    "purchase_id": None,
    "created_at": _AT,
    "expires_at": "2026-11-22T10:00:00.412Z",
    "settled_at": None,
}
_SETTLED_AT: Final = "2026-11-22T09:41:07.020Z"
_ADJUSTED: Final[dict[str, Any]] = {
    "operation_id": _OPERATION,
    "request_id": None,
    "replayed": False,
    "state": "done",
    "customer_id": _CUSTOMER,
    "points": 500,
    "reason": "apology",
    "expires_on": "2027-11-30",
    "entry_id": f"{_CUSTOMER}-13",
    "recorded_at": _AT,
    "balance": _BALANCE,
}
_TRANSFERRED: Final[dict[str, Any]] = {
    "operation_id": _OPERATION,
    "replayed": False,
    "way": "gift",
    "sender_id": _CUSTOMER,
    "recipient_id": _CHILD,
    "points": 100,
    "fee": 0,
    "recorded_at": _AT,
    "balance": _BALANCE,
}
_FAMILY: Final[dict[str, Any]] = {"head_id": _CUSTOMER, "members": [_CHILD]}
_PROOF: Final[dict[str, Any]] = {
    "source": "pos-kyoto",
    "store": "0421",
    "on": "2026-11-22",
    "total_yen": 2_158,
    "identifiers": _CARD,
}
_CLAIMED: Final[dict[str, Any]] = {
    "purchase_id": _PURCHASE,
    "replayed": False,
    "customer_id": _CUSTOMER,
    "claimed_at": _AT,
    "points_earned": 19,
    "awards": [
        {
            "kind": "regular",
            "points": 19,
            "expires_on": "2027-11-30",
            "reason": "税抜 ¥1,980 ÷ 100円 × 1pt = 19pt、端数切捨て",
            "entry_id": f"{_CUSTOMER}-14",
        }
    ],
    "balance": _BALANCE,
    "pending": [],
}

POINT_BODIES: Final[dict[str, Any]] = {
    "place_hold": {
        "source": "shop",
        "external_id": "order-20261122-0457",
        "identifiers": [{"kind": "app_id", "value": "a-20391"}],
        "points": 300,
        "store": "EC",
        "ttl_seconds": 1_800,
    },
    "capture_hold": {"points": 240},
    "adjust_points": {
        "source": "support",
        "external_id": "case-8812",
        "identifiers": _CARD,
        "points": 500,
        "reason": "apology",
        "note": "配送の遅れ",
        "store": "0421",
    },
    "transfer_points": {
        "source": "app",
        "external_id": "gift-771",
        "sender": {"customer_id": _CUSTOMER},
        "recipient": {"identifiers": [{"kind": "app_id", "value": "a-20417"}]},
        "points": 100,
        "way": "gift",
        "store": "APP",
    },
    "set_family": {"members": [_CHILD]},
    "claim_receipt": {"receipt": "0421-03-20261122-0187", **_PROOF},
    "claim_purchase": _PROOF,
}
"""Request bodies by operation."""

POINT_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("place_hold", 201): _HOLD,
    ("place_hold", 200): {**_HOLD, "replayed": True},
    ("show_hold", 200): _HOLD,
    ("capture_hold", 200): {**_HOLD, "state": "captured", "captured_points": 240, "settled_at": _SETTLED_AT},
    ("release_hold", 200): {**_HOLD, "state": "released", "settled_at": _SETTLED_AT},
    ("adjust_points", 201): _ADJUSTED,
    ("adjust_points", 200): {**_ADJUSTED, "replayed": True},
    ("adjust_points", 202): {
        **_ADJUSTED,
        "operation_id": None,
        "request_id": "019aa941-9f00-7b1c-8c22-3d4e5f607182",
        "state": "waiting",
        "points": 20_000,
        "entry_id": None,
        "balance": None,
    },
    ("transfer_points", 201): _TRANSFERRED,
    ("transfer_points", 200): {**_TRANSFERRED, "replayed": True},
    ("show_family", 200): _FAMILY,
    ("set_family", 200): _FAMILY,
    ("claim_receipt", 201): _CLAIMED,
    ("claim_receipt", 200): {**_CLAIMED, "replayed": True},
    ("claim_purchase", 201): _CLAIMED,
    ("claim_purchase", 200): {**_CLAIMED, "replayed": True},
}
"""Answers by operation and status."""

POINT_NOTES: Final[dict[str, dict[str, str]]] = {
    "PlaceHold": {
        "source": "The system that checks out; with `external_id`, the key under which the hold is recorded.",
        "external_id": "The sender's own number, usually of the order. Unique within `source`, for good.",
        "customer_id": "Whose points; or `identifiers`.",
        "identifiers": "Whose points; or `customer_id`. Nobody is registered by a hold.",
        "points": "How many are set aside.",
        "store": "The store, or the online shop, that checks out.",
        "ttl_seconds": "After so long they are the customer's again. Left out: as the programme says.",
    },
    "CaptureBody": {
        "points": "How many of them are used. Left out: all.",
        "purchase_id": "The purchase they pay for, when it is known here.",
    },
    "HoldAnswer": {
        "replayed": "Whether this had been done before; then nothing changed.",
        "state": "`open`, `captured`, `released`, or `lapsed` when its time was up.",
        "captured_points": "How many were used; the others are the customer's again.",
        "expires_at": "From this instant it can not be captured.",
        "settled_at": "When it was captured or released, or lapsed.",
    },
    "Adjustment": {
        "points": "Positive gives, negative takes.",
        "reason": "One of the installation's reasons.",
        "note": "For colleagues; members never see it.",
        "kind": "Of points that are given.",
        "expires_on": "The last day of points that are given. Left out: as for points earned today.",
        "allow_owing": "Takes points even where there are not enough: the rest is set against the next ones.",
    },
    "AdjustmentAnswer": {
        "state": "`done`, `waiting` for an operator's approval, or `refused` by one.",
        "entry_id": "The journal entry; null while it waits.",
        "balance": "After it; null while it waits.",
    },
    "Transfer": {
        "sender": "Whose points they are: `customer_id` or `identifiers`.",
        "recipient": "Who gets them.",
        "way": "`gift` to anybody, or `pool` to the head of one's family.",
        "store": "The store or app where it is done.",
    },
    "TransferAnswer": {"fee": "What the sender paid besides, in points.", "balance": "What the sender has left."},
    "Claim": {
        "receipt": "The number on the receipt; or `purchase_id`.",
        "on": "The day on the receipt.",
        "total_yen": "The total on the receipt, with tax, before points.",
    },
    "ClaimAnswer": {"points_earned": "What the goods that have not come back would have earned with the card."},
}
"""Notes by schema and field, as in ``field_notes``."""
