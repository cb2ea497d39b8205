"""Examples of reservations, part of the story of ``examples``, and notes on their fields."""

from __future__ import annotations

from typing import Any, Final

_CUSTOMER: Final = "019aa93c-5f20-7d54-8f0e-3b6a1c2d4e5f"
_BOOKING: Final[dict[str, Any]] = {
    "booking_id": "019aa950-2f10-7a11-8c31-1a2b3c4d5e6f",
    "replayed": False,
    "customer_id": _CUSTOMER,
    "store": "0421",
    "service": "cut",
    "name": "カット",
    "price_yen": 5_500,
    "starts_at": "2026-12-01T01:00:00Z",
    "ends_at": "2026-12-01T02:00:00Z",
    "resources": ["sato"],
    "choice": "sato",
    "state": "booked",
    "tier": "silver",
    "settings_version": 3,
    "quotas": [{"quota": "gold-evening", "total": 24, "held": 4, "used": 8, "own": 2}],
    "booked_at": "2026-11-22T09:30:00Z",
    "changed_at": "2026-11-22T09:30:00Z",
    "offer_until": None,
}
_WAIT: Final[dict[str, Any]] = {
    "wait_id": "019aa951-4b20-7b22-9d42-2b3c4d5e6f70",
    "replayed": False,
    "customer_id": _CUSTOMER,
    "store": "0421",
    "service": "cut",
    "on": "2026-12-05",
    "opens": 1_080,
    "closes": 1_200,
    "state": "waiting",
    "booking_id": None,
    "joined_at": "2026-11-22T09:30:00Z",
}

RESERVATION_BODIES: Final[dict[str, Any]] = {
    "book": {
        "source": "shop",
        "external_id": "B-20261122-0031",
        "customer_id": _CUSTOMER,
        "store": "0421",
        "service": "cut",
        "starts_at": "2026-12-01T10:00:00+09:00",
        "choice": "sato",
    },
    "change_booking": {"starts_at": "2026-12-02T15:30:00+09:00"},
    "join_waiting_list": {
        "customer_id": _CUSTOMER,
        "store": "0421",
        "service": "cut",
        "on": "2026-12-05",
        "opens": 1_080,
        "closes": 1_200,
    },
    "leave_waiting_list": {"customer_id": _CUSTOMER},
}
RESERVATION_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("list_services", 200): {
        "store": "0421",
        "version": 3,
        "zone": "Asia/Tokyo",
        "horizon_days": 30,
        "cancel_until_minutes": 1_440,
        "services": [
            {
                "code": "cut",
                "name": "カット",
                "minutes": 60,
                "price_yen": 5_500,
                "resources": [{"code": "sato", "kind": "staff", "name": "佐藤"}],
            }
        ],
    },
    ("find_availability", 200): {
        "store": "0421",
        "service": "cut",
        "zone": "Asia/Tokyo",
        "days": [
            {
                "on": "2026-12-01",
                "slots": [
                    {"starts_at": "2026-12-01T01:00:00Z", "bookable": True, "places": 2, "hindrances": []},
                    {
                        "starts_at": "2026-12-01T09:00:00Z",
                        "bookable": False,
                        "places": 1,
                        "hindrances": [
                            {
                                "rule": "quota",
                                "found": 22,
                                "needed": 20,
                                "tier": "gold",
                                "until": "2026-11-27T15:00:00Z",
                                "reason": (
                                    "この日の24枠のうち4枠はゴールド以上の方の優先枠です。一般枠は20枠で、"
                                    "このご予約を合わせると22枠になります。空きがあれば11月28日(土)から予約できます。"
                                ),
                            }
                        ],
                    },
                ],
            }
        ],
    },
    ("book", 201): _BOOKING,
    ("book", 200): {**_BOOKING, "replayed": True},
    ("show_booking", 200): _BOOKING,
    ("list_bookings", 200): {"bookings": [_BOOKING]},
    ("list_bookings_of_customer", 200): {"bookings": [_BOOKING]},
    ("change_booking", 200): {
        **_BOOKING,
        "starts_at": "2026-12-02T06:30:00Z",
        "ends_at": "2026-12-02T07:30:00Z",
        "changed_at": "2026-11-23T02:00:00Z",
    },
    ("cancel_booking", 200): {**_BOOKING, "state": "cancelled"},
    ("accept_offer", 200): _BOOKING,
    ("check_in", 200): {**_BOOKING, "state": "arrived"},
    ("complete_booking", 200): {**_BOOKING, "state": "done"},
    ("note_no_show", 200): {**_BOOKING, "state": "no_show"},
    ("join_waiting_list", 201): _WAIT,
    ("join_waiting_list", 200): {**_WAIT, "replayed": True},
    ("leave_waiting_list", 200): {**_WAIT, "state": "left"},
}
RESERVATION_PROBLEMS: Final[dict[str, dict[str, Any]]] = {
    "slot-not-bookable": {
        "type": "urn:enishi:problem:slot-not-bookable",
        "title": "Slot not bookable",
        "status": 409,
        "detail": "The slot can not be booked: taken.",
        "code": "slot-not-bookable",
        "field": "starts_at",
        "remedy": "Choose another slot, or join the waiting list.",
        "hindrances": [{"rule": "taken", "needed": 1, "total": 2}],
    },
}

RESERVATION_NOTES: Final[dict[str, dict[str, str]]] = {
    "BookBody": {
        "source": "The system that books; with `external_id`, the key under which the booking is made.",
        "external_id": "The sender's own number for the booking. Unique within `source`, for good.",
        "customer_id": "Who comes. Exactly one of `customer_id` and `identifiers`.",
        "identifiers": "Who comes, by card, phone, e-mail …; nobody is registered by a booking.",
        "store": "The store's code.",
        "service": "The service's code.",
        "starts_at": "A start that `availability` gives, with the offset from UTC.",
        "choice": "The one resource that is asked for (指名); empty leaves it to the store.",
    },
    "ChangeBody": {
        "starts_at": "The new start, one that `availability` gives.",
        "choice": "The one resource that is asked for; empty leaves it to the store.",
    },
    "WaitBody": {
        "customer_id": "Who waits.",
        "store": "The store's code.",
        "service": "The service's code.",
        "on": "The day, on the store's clocks.",
        "opens": "The earliest start that would do, in minutes after midnight.",
        "closes": "Before which minute after midnight it would have to begin.",
        "choice": "The one resource that is wanted; empty takes any.",
    },
    "LeaveBody": {"customer_id": "Whose place it is."},
    "ServicesAnswer": {
        "version": "The version of the store's settings in force.",
        "horizon_days": "How many days ahead everybody can book; upper ranks may have more.",
        "cancel_until_minutes": "Until how long before the start a booking is cancelled without consequence.",
    },
    "SlotAnswer": {
        "bookable": "Whether this customer can book it now.",
        "places": "How many more could be booked at this time, whoever asks.",
        "hindrances": "What stands against it; empty when it is bookable.",
    },
    "HindranceAnswer": {
        "rule": "What stands against it; decide by it.",
        "found": "The value found: days ahead, minutes until the start, slots, bookings, bookings missed.",
        "needed": "The limit that it is held against.",
        "tier": "The code of the rank that it would take, when there is one.",
        "until": "From when on it no longer stands against it; null when that is not known.",
        "reason": "The same in a sentence, in the language of `Accept-Language`.",
    },
    "QuotaUseAnswer": {
        "total": "Slots that the quota covers on the day.",
        "held": "Of these, kept for the rank.",
        "used": "Taken by members below the rank before this booking.",
        "own": "Taken by this booking.",
    },
    "BookingAnswer": {
        "replayed": "Whether it had been so before.",
        "resources": "What it occupies, one of each kind.",
        "tier": "The customer's rank when it was booked; empty without one.",
        "quotas": "How it stood to the quotas that were in force for the customer.",
        "offer_until": "For an offer of the waiting list: until when it is kept.",
    },
    "WaitAnswer": {"booking_id": "The booking that it was offered; null before that."},
}
