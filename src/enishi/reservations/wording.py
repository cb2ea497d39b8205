"""Why a slot can not be booked, in one sentence for the customer, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from enishi.reservations.model import Hindrance, Rule

Locale = Literal["ja", "en"]
_HOUR = 60
_WEEKDAYS_JA = "月火水木金土日"


def explain_hindrance(one: Hindrance, locale: Locale, zone: str, tiers: Mapping[str, str]) -> str:
    """The rule, the value found and the value needed, and from when on it no longer stands against the booking.

    ``tiers`` are the names of the ranks by their codes.
    """
    values = {
        "found": f"{one.found:,}",
        "needed": f"{one.needed:,}",
        "tier": tiers.get(one.tier, one.tier),
        "until": "" if one.until is None else tell_day(one.until, locale, zone),
        "held": f"{one.held:,}",
        "total": f"{one.total:,}",
        "lead": _duration(one.needed, locale),
    }
    sentence = _SENTENCES[one.rule][locale].format(**values)
    if one.rule is Rule.HORIZON and one.tier:
        sentence += _EARLIER[locale].format(**values)
    return sentence


def tell_day(at: datetime, locale: Locale, zone: str) -> str:
    """The day of an instant on the store's clocks."""
    local = at.astimezone(ZoneInfo(zone))
    if locale == "ja":
        return f"{local.month}月{local.day}日({_WEEKDAYS_JA[local.weekday()]})"
    return f"{local.day} {_MONTHS[local.month - 1]}"


def _duration(minutes: int, locale: Locale) -> str:
    if minutes % _HOUR == 0 and minutes:
        hours = minutes // _HOUR
        return f"{hours}時間" if locale == "ja" else f"{hours} hour{'s' if hours > 1 else ''}"
    return f"{minutes}分" if locale == "ja" else f"{minutes} minutes"


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EARLIER = {
    "ja": "{tier}以上の方は先行予約で今すぐご予約いただけます。",
    "en": " Members from {tier} on can book it now.",
}
_SENTENCES: dict[Rule, dict[str, str]] = {
    Rule.CLOSED: {"ja": "この時間は受け付けていません。", "en": "Nobody works on this then."},
    Rule.TAKEN: {"ja": "満席です。", "en": "Fully booked."},
    Rule.PAST: {"ja": "この時間は過ぎています。", "en": "This time has passed."},
    Rule.LEAD_TIME: {
        "ja": "ご予約の受付は{lead}前までです。",
        "en": "It can be booked until {lead} before it begins.",
    },
    Rule.HORIZON: {
        "ja": "{found}日先のため、まだ受け付けていません。お客様は{needed}日前の{until}から予約できます。",
        "en": "It is {found} days ahead; you can book {needed} days ahead, from {until} on.",
    },
    Rule.QUOTA: {
        "ja": (
            "この日の{total}枠のうち{held}枠は{tier}以上の方の優先枠です。一般枠は{needed}枠で、"
            "このご予約を合わせると{found}枠になります。空きがあれば{until}から予約できます。"
        ),
        "en": (
            "Of the {total} slots of this day, {held} are kept for {tier} and above. Others have {needed}, and with "
            "this booking it would be {found}. What is left opens on {until}."
        ),
    },
    Rule.BANNED: {
        "ja": "ご来店のなかったご予約が{found}回あったため({needed}回で停止)、{until}まで予約できません。",
        "en": "You missed {found} bookings ({needed} are the limit), so you can book again from {until} on.",
    },
    Rule.MAX_OPEN: {
        "ja": "これからのご予約が{found}件あります。同時にお持ちいただけるのは{needed}件までです。",
        "en": "You have {found} bookings to come; {needed} at once is the limit.",
    },
    Rule.OWN_BOOKING: {
        "ja": "同じ時間に別のご予約があります。",
        "en": "You have another booking at this time.",
    },
}
