"""Stores. A code that only a receipt has named is a store too: no customer is turned away over a missing setting."""

from collections.abc import Iterable, Sequence

from psycopg import Connection

from enishi.catalog import queries
from enishi.catalog.model import Store

__all__ = ["Store", "load_stores", "register_store_codes", "save_stores"]


def load_stores(conn: Connection) -> dict[str, Store]:
    """Every store, by code."""
    return {store.code: store for store in queries.select_stores(conn)}


def register_store_codes(conn: Connection, codes: Iterable[str]) -> None:
    """Make sure that a store exists for each code; a new one is named like its code."""
    queries.insert_missing_stores(conn, sorted(set(codes)))


def save_stores(conn: Connection, stores: Sequence[Store]) -> None:
    """Add or rename stores."""
    queries.upsert_stores(conn, sorted(stores, key=lambda store: store.code))
