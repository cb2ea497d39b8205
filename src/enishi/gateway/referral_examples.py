"""Examples of referrals, part of the story of ``examples``, and notes on their fields."""

from __future__ import annotations

from typing import Any, Final

_ANNA: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_BEN: Final = "019aa93c-8a11-7e01-b3d2-4c5d6e7f8091"
_REFERRAL: Final[dict[str, Any]] = {
    "referral_id": "019aa945-20c1-7b6e-8d3f-1a2b3c4d5e6f",
    "referrer_id": _ANNA,
    "referee_id": _BEN,
    "code": "K7QM3WXP",
    "version": 1,
    "state": "open",
    "claimed_at": "2026-11-22T09:35:00.118Z",
    "purchase_by": "2027-01-21T09:35:00.118Z",
    "purchase_id": None,
    "due_at": None,
    "settled_at": None,
    "referrer_points": 0,
    "referee_points": 0,
    "entries": [],
    "findings": [],
}
_PAID: Final[dict[str, Any]] = {
    **_REFERRAL,
    "state": "paid",
    "purchase_id": "019aa93f-1d8c-7b02-9a41-6c7d8e9f0a1b",
    "due_at": "2026-11-24T03:12:40.002Z",
    "settled_at": "2026-11-24T03:12:40.002Z",
    "referrer_points": 500,
    "referee_points": 500,
    "entries": [f"{_ANNA}-15", f"{_BEN}-2"],
}

REFERRAL_BODIES: Final[dict[str, Any]] = {
    "claim_referral": {
        "source": "app",
        "code": "K7QM-3WXP",
        "customer_id": _BEN,
        "channel": "app",
        "hints": [{"kind": "device", "value": "5f0e7c2a-91d3-4b64-8e8a-07c41be07a2f"}],
    },
}
REFERRAL_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("claim_referral", 201): {"replayed": False, "referral": _REFERRAL},
    ("claim_referral", 200): {"replayed": True, "referral": _REFERRAL},
    ("list_referrals", 200): {"referrals": [_PAID], "next_cursor": None},
    ("make_referral_code", 200): {
        "customer_id": _ANNA,
        "code": "K7QM3WXP",
        "spelt": "K7QM-3WXP",
        "path": "/my/join/K7QM3WXP",
        "terms": ["入会から30日以内に紹介コードを登録します。"],
    },
    ("list_customer_referrals", 200): {"customer_id": _ANNA, "referred_by": None, "referred": [_PAID]},
}
REFERRAL_NOTES: Final[dict[str, dict[str, str]]] = {
    "ClaimReferralBody": {
        "source": "The system that sends the claim.",
        "code": "In any spelling: with or without the hyphen, in any case or width.",
        "store": "Where it was claimed, when that was in a shop.",
        "terminal": "The till or tablet; many claims at one in a short time are held.",
        "hints": "What may tell that two are one. Never kept in the clear.",
    },
    "GivenHint": {
        "kind": "What the value is.",
        "value": "In any spelling; blanks and case do not count.",
    },
    "ReferralAnswer": {
        "version": "The version of the programme under which the code was claimed; its promise holds.",
        "state": "`open` waits for a purchase, `held` for an operator, `waiting` until the goods can not come back.",
        "purchase_by": "Until when a purchase counts.",
        "purchase_id": "The purchase that earns the rewards.",
        "due_at": "When the rewards are paid.",
        "entries": "The entries of the journal that paid.",
        "findings": "Why somebody has to look, or had to.",
    },
    "ReferralCodeAnswer": {
        "path": "The page of this installation that carries the code; put the address of your installation before it.",
        "terms": "The programme in sentences; empty when there is none.",
    },
}
