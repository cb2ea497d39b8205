"""Examples of joining, part of the story of ``examples``, and notes on the fields."""

from __future__ import annotations

from typing import Any, Final

_CHIE: Final = "019aa93e-0b47-7c12-9d5a-6f7081920a3b"
_LOT: Final[dict[str, Any]] = {"kind": "limited", "points": 300, "expires_on": "2026-12-22"}
_BALANCE: Final[dict[str, Any]] = {"available": 300, "regular": 0, "limited": 300, "next_expiry": _LOT}
_WELCOME: Final[dict[str, Any]] = {
    **_LOT,
    "reason": "「ご入会特典」300pt",
    "entry_id": f"{_CHIE}-1",
    "campaign": "welcome",
}

REGISTRATION_BODIES: Final[dict[str, Any]] = {
    "register_member": {
        "source": "app",
        "identifiers": [
            {"kind": "app_id", "value": "5f0e7c2a-91d3-4b64-8e8a-07c41be07a2f"},
            {"kind": "phone", "value": "090-1234-5678"},
        ],
        "person": {"name": "縁 千恵", "name_kana": "エニシ チエ", "birth_date": "1991-04-02"},
    },
}
REGISTRATION_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("register_member", 201): {"customer_id": _CHIE, "replayed": False, "awards": [_WELCOME], "balance": _BALANCE},
    ("register_member", 200): {"customer_id": _CHIE, "replayed": True, "awards": [], "balance": _BALANCE},
}
REGISTRATION_NOTES: Final[dict[str, dict[str, str]]] = {
    "RegistrationBody": {
        "source": "The system in which they join.",
        "identifiers": "By what they will be known; the strongest decides who it is when they are several people's.",
        "store": "The store in which they join, to which the points for joining are put down; empty for none.",
    },
    "RegistrationAnswer": {
        "awards": "What campaigns gave for joining.",
    },
}
