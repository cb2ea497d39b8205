"""Use cases that cross domains. The order of effects is readable here, and nowhere else."""

from enishi.flows.context import PurchaseContext
from enishi.flows.end_card import end_card
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
    "CardEnded",
    "EntryExplanation",
    "ExpiringPoints",
    "FoundCustomer",
    "NoCustomerForPoints",
    "Overview",
    "PurchaseContext",
    "PurchaseDetail",
    "QuotedPurchase",
    "RecordedPurchase",
    "Timeline",
    "TimelineItem",
    "UnprocessablePurchase",
    "VerifyOutcome",
    "customer_overview",
    "end_card",
    "entries_of",
    "explain_entry",
    "explain_missing_award",
    "explain_movement",
    "find_customers",
    "issue_card",
    "load_overviews",
    "purchase_detail",
    "quote_purchases",
    "record_purchases",
    "register_customers",
    "reissue_card",
    "summarise",
    "timeline",
    "verify_all",
    "zone_today",
]
