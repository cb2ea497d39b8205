"""Canonical purchases of any channel: recorded once under ``(source, external_id)``, never changed."""

from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.purchases.model import (
    Channel,
    Line,
    Payment,
    PaymentMethod,
    Purchase,
    TaxMode,
)

__all__ = ["Channel", "Identifier", "IdentifierKind", "Line", "Payment", "PaymentMethod", "Purchase", "TaxMode"]
