"""Use cases that cross domains. The order of effects is readable here, and nowhere else."""

from enishi.flows.close_month import CloseOutcome, CloseStep, close_month, close_through
from enishi.flows.context import PurchaseContext
from enishi.flows.end_card import end_card
from enishi.flows.expire_points import ExpiryOutcome, expire_points
from enishi.flows.explain_entry import (
    EntryExplanation,
    explain_entry,
    explain_missing_award,
    explain_movement,
    summarise,
)
from enishi.flows.model import (
    CARD_ENDED,
    IDENTIFIER_CONFLICT,
    NO_PROGRAM,
    AwardLine,
    BalanceLine,
    CardEnded,
    ExpiringPoints,
    NoCustomerForPoints,
    QuotedPurchase,
    RecordedPurchase,
    UnprocessablePurchase,
)
from enishi.flows.quote_purchases import quote_purchases
from enishi.flows.read_books import (
    BooksAt,
    LotAt,
    OpenMonths,
    draw_up_month,
    known_settings,
    list_months,
    read_books_at,
    read_month,
    settings_for,
)
from enishi.flows.read_customers import (
    MAX_PAGE,
    FoundCustomer,
    Overview,
    PurchaseDetail,
    Timeline,
    TimelineItem,
    customer_overview,
    entries_of,
    find_customers,
    load_overviews,
    purchase_detail,
    timeline,
    zone_today,
)
from enishi.flows.record_purchases import record_purchases
from enishi.flows.record_returns import RecordedReturn, record_returns
from enishi.flows.register_customers import register_customers
from enishi.flows.reissue_card import issue_card, reissue_card
from enishi.flows.verify import VerifyOutcome, verify_all

__all__ = [
    "CARD_ENDED",
    "IDENTIFIER_CONFLICT",
    "MAX_PAGE",
    "NO_PROGRAM",
    "AwardLine",
    "BalanceLine",
    "BooksAt",
    "CardEnded",
    "CloseOutcome",
    "CloseStep",
    "EntryExplanation",
    "ExpiringPoints",
    "ExpiryOutcome",
    "FoundCustomer",
    "LotAt",
    "NoCustomerForPoints",
    "OpenMonths",
    "Overview",
    "PurchaseContext",
    "PurchaseDetail",
    "QuotedPurchase",
    "RecordedPurchase",
    "RecordedReturn",
    "Timeline",
    "TimelineItem",
    "UnprocessablePurchase",
    "VerifyOutcome",
    "close_month",
    "close_through",
    "customer_overview",
    "draw_up_month",
    "end_card",
    "entries_of",
    "expire_points",
    "explain_entry",
    "explain_missing_award",
    "explain_movement",
    "find_customers",
    "issue_card",
    "known_settings",
    "list_months",
    "load_overviews",
    "purchase_detail",
    "quote_purchases",
    "read_books_at",
    "read_month",
    "record_purchases",
    "record_returns",
    "register_customers",
    "reissue_card",
    "settings_for",
    "summarise",
    "timeline",
    "verify_all",
    "zone_today",
]
