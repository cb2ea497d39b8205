"""Use cases that cross domains. The order of effects is readable here, and nowhere else."""

from enishi.flows.context import PurchaseContext
from enishi.flows.model import (
    AwardLine,
    BalanceLine,
    ExpiringPoints,
    NoCustomerForPoints,
    QuotedPurchase,
    RecordedPurchase,
    UnprocessablePurchase,
)
from enishi.flows.quote_purchases import quote_purchases
from enishi.flows.record_purchases import record_purchases

__all__ = [
    "AwardLine",
    "BalanceLine",
    "ExpiringPoints",
    "NoCustomerForPoints",
    "PurchaseContext",
    "QuotedPurchase",
    "RecordedPurchase",
    "UnprocessablePurchase",
    "quote_purchases",
    "record_purchases",
]
