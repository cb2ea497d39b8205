"""When points become available: at once, or as pending ones (仮ポイント) days later or once goods have arrived."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

MAX_PENDING_DAYS = 366
"""The longest wait for pending points, in days."""
Days = Annotated[int, Meta(ge=0, le=MAX_PENDING_DAYS)]


class PurchaseEvent(StrEnum):
    """What happens to an order after it was placed."""

    SHIPPED = "shipped"
    DELIVERED = "delivered"


class AfterDays(Struct, frozen=True, forbid_unknown_fields=True, tag="after_days"):
    """Available so many days after the purchase, from the beginning of that day in the programme's zone."""

    days: Annotated[int, Meta(ge=1, le=MAX_PENDING_DAYS)]


class OnEvent(Struct, frozen=True, forbid_unknown_fields=True, tag="on_event"):
    """Available once the order is shipped or delivered, or so many days after that."""

    event: PurchaseEvent
    days: Days = 0


PendingRule = AfterDays | OnEvent


def due_after_purchase(rule: PendingRule, purchased_on: date) -> date | None:
    """The day from which points are available, as far as the purchase alone tells it; None waits for an event."""
    return _later(purchased_on, rule.days) if isinstance(rule, AfterDays) else None


def due_after_event(days: int, happened_on: date) -> date:
    """The day from which points are available whose event happened on a day."""
    return _later(happened_on, days)


def _later(day: date, days: int) -> date:
    """So many days later; nothing lies beyond the last day of the calendar."""
    return date.fromordinal(min(day.toordinal() + days, date.max.toordinal()))


def describe_pending_ja(channel: str, rule: PendingRule) -> str:
    """The rule of a channel as a member is told it in Japanese."""
    name = _JA_CHANNELS.get(channel, channel)
    match rule:
        case AfterDays(days):
            when = f"購入日の{days}日後"
        case OnEvent(event, 0):
            when = f"{_JA_EVENTS[event]}と同時"
        case OnEvent(event, days):
            when = f"{_JA_EVENTS[event]}の{days}日後"
    return f"{name}のポイントは仮ポイントとして付与し、{when}に使えるようになります。"


def describe_pending_en(channel: str, rule: PendingRule) -> str:
    """The rule of a channel as a member is told it in English."""
    name = _EN_CHANNELS.get(channel, channel)
    match rule:
        case AfterDays(days):
            when = f"{_days_en(days)} after the purchase"
        case OnEvent(event, 0):
            when = f"once the order is {event.value}"
        case OnEvent(event, days):
            when = f"{_days_en(days)} after the order is {event.value}"
    return f"Points of {name} are pending at first and can be used {when}."


def _days_en(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


_JA_CHANNELS = {"pos": "店舗", "ec": "オンラインショップ", "app": "アプリ", "line": "LINE"}
_EN_CHANNELS = {"pos": "shops", "ec": "the online shop", "app": "the app", "line": "LINE"}
_JA_EVENTS = {PurchaseEvent.SHIPPED: "発送", PurchaseEvent.DELIVERED: "お届け"}
