"""The master customer: exact identifiers that name one person, and personal data sealed under a key of their own.

Invariants: an identifier belongs to one customer at most, and one that has ended names nobody for ever; a customer ID
never changes under its owner; identifiers and profiles are readable only with the customer's key.
"""

from enishi.customers.cards import end_card, find_ended, issue_card, load_cards, reissue_card
from enishi.customers.figure_queries import count_joined
from enishi.customers.model import (
    BlindIdentifier,
    Card,
    CardName,
    CustomerRecord,
    EndedCard,
    EndedMatch,
    EndReason,
    HeldIdentifier,
    InvalidIdentifier,
    IssuedCard,
    Match,
    NewCustomer,
    Profile,
    Resolution,
    TooManyCards,
)
from enishi.customers.queries import ask_people, select_joined
from enishi.customers.queries import select_page as page_customers
from enishi.customers.rules import guess_kinds, is_card_prefix, normalise
from enishi.customers.service import (
    KeyMismatch,
    apply_resolutions,
    ask_owners,
    blind,
    check_master_key,
    count_shared_receipts,
    create_customers,
    find_by_identifiers,
    find_known,
    has_master_key,
    load_customer,
    load_customers,
    resolve_batch,
    resolve_each,
    update_profile,
)
from enishi.kit.identifiers import Identifier, IdentifierKind

__all__ = [
    "BlindIdentifier",
    "Card",
    "CardName",
    "CustomerRecord",
    "EndReason",
    "EndedCard",
    "EndedMatch",
    "HeldIdentifier",
    "Identifier",
    "IdentifierKind",
    "InvalidIdentifier",
    "IssuedCard",
    "KeyMismatch",
    "Match",
    "NewCustomer",
    "Profile",
    "Resolution",
    "TooManyCards",
    "apply_resolutions",
    "ask_owners",
    "ask_people",
    "blind",
    "check_master_key",
    "count_joined",
    "count_shared_receipts",
    "create_customers",
    "end_card",
    "find_by_identifiers",
    "find_ended",
    "find_known",
    "guess_kinds",
    "has_master_key",
    "is_card_prefix",
    "issue_card",
    "load_cards",
    "load_customer",
    "load_customers",
    "normalise",
    "page_customers",
    "reissue_card",
    "resolve_batch",
    "resolve_each",
    "select_joined",
    "update_profile",
]
