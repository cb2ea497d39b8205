"""Taking over a list of members who had joined elsewhere: they are known, and nobody is welcomed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from psycopg import Connection

from enishi import customers, ledger
from enishi.customers import NewCustomer
from enishi.kit.vault import Keyring


def register_customers(conn: Connection, keyring: Keyring, newcomers: Sequence[NewCustomer]) -> list[UUID]:
    """Register customers with an empty account each, all or none, in the caller's transaction.

    Refusals: ``InvalidIdentifier``; ``Conflict`` when an identifier is somebody's already or is given twice.
    """
    customer_ids = customers.create_customers(conn, keyring, newcomers)
    ledger.open_accounts(conn, customer_ids)
    return customer_ids
