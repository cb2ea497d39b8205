"""The master customer: exact identifiers that name one person, and personal data sealed under a key of their own.

Invariants: an identifier belongs to one customer at most; a customer ID never changes under its owner; identifiers and
profiles are readable only with the customer's key.
"""

from enishi.customers.model import (
    BlindIdentifier,
    CustomerRecord,
    HeldIdentifier,
    InvalidIdentifier,
    Match,
    NewCustomer,
    Profile,
    Resolution,
)
from enishi.customers.rules import guess_kinds, normalise
from enishi.customers.service import (
    KeyMismatch,
    apply_resolutions,
    ask_owners,
    blind,
    check_master_key,
    create_customers,
    find_by_identifiers,
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
    "CustomerRecord",
    "HeldIdentifier",
    "Identifier",
    "IdentifierKind",
    "InvalidIdentifier",
    "KeyMismatch",
    "Match",
    "NewCustomer",
    "Profile",
    "Resolution",
    "apply_resolutions",
    "ask_owners",
    "blind",
    "check_master_key",
    "create_customers",
    "find_by_identifiers",
    "guess_kinds",
    "has_master_key",
    "load_customer",
    "load_customers",
    "normalise",
    "resolve_batch",
    "resolve_each",
    "update_profile",
]
