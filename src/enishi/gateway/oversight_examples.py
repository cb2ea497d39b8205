"""Examples of decisions, frozen accounts and reinstatements, part of the story of ``examples``, and notes on fields."""

from __future__ import annotations

from typing import Any, Final

_CUSTOMER: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_REQUEST: Final = "019aa942-2b4c-7d66-9e21-3c4d5e6f7081"
_AT: Final = "2026-11-22T09:30:00.412Z"
_BALANCE: Final[dict[str, Any]] = {
    "available": 20_569,
    "regular": 20_469,
    "limited": 100,
    "next_expiry": {"kind": "regular", "points": 300, "expires_on": "2027-01-31"},
}
_WAITING: Final[dict[str, Any]] = {
    "request_id": _REQUEST,
    "source": "support",
    "external_id": "T-20817",
    "customer_id": _CUSTOMER,
    "points": 20_000,
    "kind": "regular",
    "expires_on": "2027-11-30",
    "reason": "system-failure",
    "note": "レジ障害の補填",
    "store": "0421",
    "allow_owing": False,
    "requested_by": "key:support1",
    "requested_at": _AT,
    "state": "waiting",
    "decided_by": None,
    "decided_at": None,
    "decision_note": None,
}
_REINSTATED: Final[dict[str, Any]] = {
    "operation_id": "019aa943-4d5e-7e77-8f32-4d5e6f708192",
    "replayed": False,
    "customer_id": _CUSTOMER,
    "points": 300,
    "expires_on": "2027-11-30",
    "entry_ids": [f"{_CUSTOMER}-15"],
    "recorded_at": _AT,
    "balance": _BALANCE,
}

OVERSIGHT_BODIES: Final[dict[str, Any]] = {
    "decide_request": {"approve": True, "note": "障害報告で確認済み"},
    "freeze_account": {"frozen": True, "reason": "Many uses within minutes"},
    "reinstate_points": {"points": 300, "reason": "apology", "store": "0421"},
}
"""Bodies by operation."""

OVERSIGHT_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("list_requests", 200): {"requests": [_WAITING], "next_cursor": None},
    ("show_request", 200): _WAITING,
    ("decide_request", 200): {
        "request_id": _REQUEST,
        "replayed": False,
        "state": "approved",
        "customer_id": _CUSTOMER,
        "points": 20_000,
        "entry_id": f"{_CUSTOMER}-14",
        "balance": _BALANCE,
    },
    ("freeze_account", 200): {"customer_id": _CUSTOMER, "frozen_at": _AT, "replayed": False},
    ("reinstate_points", 201): _REINSTATED,
    ("reinstate_points", 200): {**_REINSTATED, "replayed": True},
}
"""Answers by operation and status."""

OVERSIGHT_NOTES: Final[dict[str, dict[str, str]]] = {
    "RequestAnswer": {
        "requested_by": "`operator:` or `key:` and its ID.",
        "expires_on": "The last day of points that are given; null for points that are taken.",
        "allow_owing": "Takes points even where there are not enough: the rest is set against the next ones.",
    },
    "DecisionBody": {"note": "For whoever asked."},
    "DecisionAnswer": {"entry_id": "The journal entry; null when it was refused."},
    "FreezeOrder": {
        "frozen": "True freezes the account, false sets it free.",
        "reason": "Why. It stays in the audit record, so name no person in it.",
    },
    "ReinstatementBody": {
        "points": "How many of them. Left out: all that expired and were not given again.",
        "reason": "One of the installation's reasons.",
        "expires_on": "Their last day. Left out: as for points earned today.",
    },
    "ReinstatementAnswer": {"entry_ids": "The journal entries, one for each kind of points."},
}
