"""What a member has given to others and received from them, read from the journal of either side."""

from __future__ import annotations

from uuid import UUID

from msgspec import Struct
from psycopg import Connection

from enishi import ledger
from enishi.flows.bases import TransferBasis
from enishi.flows.entry_sentences import basis_of
from enishi.ledger import Entry


class TransferEntry(Struct, frozen=True):
    """Points that came from or went to ``other``; ``way`` is gift or pool, ``fee`` what the giver paid besides."""

    entry: Entry
    way: str
    other: UUID
    fee: int


def list_transfers(conn: Connection, customer_id: UUID, limit: int) -> list[TransferEntry]:
    """The newest transfers of a customer, in both directions."""
    found: list[TransferEntry] = []
    for entry in ledger.list_transfers(conn, customer_id, limit):
        basis = basis_of(entry)
        if isinstance(basis, TransferBasis):
            found.append(TransferEntry(entry, basis.way, basis.other, basis.fee))
    return found
