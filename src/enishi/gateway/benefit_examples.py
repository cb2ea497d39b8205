"""Examples of benefits, part of the story of ``examples``, and notes on their fields."""

from __future__ import annotations

from typing import Any, Final

_CUSTOMER: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_GIVE: Final = "019aa942-3f10-7c88-9b21-0a1b2c3d4e5f"
_AT: Final = "2026-11-22T09:32:11.080Z"
_GIVEN: Final[dict[str, Any]] = {
    "give_id": _GIVE,
    "replayed": False,
    "customer_id": _CUSTOMER,
    "benefit": "seasonal-sweet",
    "number": 1,
    "left": 0,
    "store": "0421",
    "given_at": _AT,
    "undone": False,
}

BENEFIT_BODIES: Final[dict[str, Any]] = {
    "give_benefit": {
        "source": "pos-kyoto",
        "external_id": "0421-03-20261122-B011",
        "store": "0421",
        "terminal": "03",
    },
    "undo_benefit": {"give_id": _GIVE, "reason": "別のお客様に付けてしまったため"},
}
BENEFIT_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("list_benefits", 200): {
        "customer_id": _CUSTOMER,
        "as_of": _AT,
        "version": 3,
        "tier": {"code": "gold", "level": 2, "name": "ゴールド"},
        "benefits": [
            {
                "code": "free-shipping",
                "kind": "free_shipping",
                "name": "送料無料",
                "note": "通販のご注文が対象です。",
                "entitled": False,
                "state": "amount_needed",
                "reason": "¥3,000以上のご購入で適用されます。",
                "to_give": False,
                "left": None,
                "opens_at": None,
                "min_amount_yen": 3_000,
                "skus": [],
                "conditions": [
                    {"label": "会員ランク", "holds": True, "found": "ゴールド", "needed": "シルバー以上の方"},
                    {"label": "ご購入金額", "holds": False, "found": "¥2,158", "needed": "¥3,000"},
                ],
            }
        ],
    },
    ("give_benefit", 201): _GIVEN,
    ("give_benefit", 200): {**_GIVEN, "replayed": True},
    ("undo_benefit", 200): {
        "give_id": _GIVE,
        "customer_id": _CUSTOMER,
        "benefit": "seasonal-sweet",
        "undone_at": "2026-11-22T09:33:40.512Z",
    },
}
BENEFIT_NOTES: Final[dict[str, dict[str, str]]] = {
    "CustomerBenefitsAnswer": {
        "version": "The version of the benefits that is in force; 0 before the first.",
        "tier": "The rank that the customer holds; null before a ladder is published.",
    },
    "BenefitAnswer": {
        "entitled": "Whether the customer has it now, as far as the request says where and for what.",
        "state": "`available`, or the first condition that fails.",
        "reason": "Why, in one sentence of the wanted language.",
        "to_give": "Whether it is to be handed over and marked now.",
        "left": "How often it can still be given in its period; null when it is not counted.",
        "opens_at": "From when on it holds for this customer, while it does not yet.",
        "min_amount_yen": "From which amount on shipping is free; null for other kinds.",
        "skus": "The products that it is about; empty for all.",
        "conditions": "Every condition that was looked at.",
    },
    "GiveBody": {
        "source": "The system that sends the mark; with `external_id`, the key under which it is recorded.",
        "external_id": "The sender's own number for the mark. Unique within `source`, for good.",
        "store": "Where it was handed over; a visit is a day at one store.",
    },
    "GiveAnswer": {
        "number": "The how-manieth in its period.",
        "undone": "Whether the mark was taken back since.",
    },
}
