"""Who moves points by hand: an operator with the roles that count at a store, and the names of whoever did before."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from psycopg import Connection

from enishi import access, catalog, customers
from enishi.access import Permission
from enishi.catalog import Store
from enishi.flows import Author
from enishi.kit.errors import InvalidRequest
from enishi.web.declare import Caller, Resources
from enishi.web.shapes import NamedCustomer, StoreRef

SOURCE = "console"
"""Under which head office's movements are recorded; the request's ID is their ``external_id``."""


def author_at(caller: Caller, permission: Permission, store: str) -> Author:
    """The operator with those of their roles that give the permission at a store: their limits count, and no others."""
    return Author(
        caller.actor,
        frozenset(
            role.role
            for role in caller.operator.roles
            if permission in role.permissions and (role.store_codes is None or store in role.store_codes)
        ),
    )


def require_store(conn: Connection, caller: Caller, store: str) -> None:
    """Raise unless the store exists and is one of the operator's."""
    if caller.stores is not None and store not in caller.stores:
        raise access.PermissionDenied(
            "Your role is not for this store.", field="store", remedy="Choose one of your stores."
        )
    if store not in catalog.load_stores(conn):
        raise InvalidRequest("There is no such store.", field="store", remedy="Choose one of the list.")


def require_whole_company(caller: Caller, what: str) -> None:
    """Raise for an operator whose role is for some stores only."""
    if caller.stores is not None:
        raise access.PermissionDenied(
            f"{what} are those of the whole company, and your role is for some stores only.",
            remedy="Ask the owner of this installation for a role that is held for all stores.",
        )


def stores_of(conn: Connection, caller: Caller) -> list[StoreRef]:
    """The stores that the operator may choose."""
    stores = catalog.load_stores(conn)
    return [
        StoreRef(code=code, name=one.name)
        for code, one in stores.items()
        if caller.stores is None or code in caller.stores
    ]


def store_ref(code: str, stores: Mapping[str, Store]) -> StoreRef:
    """A store by its name; one that is not registered goes by its code."""
    return StoreRef(code=code, name=stores[code].name if code in stores else code)


def scope_of(caller: Caller, store: str | None = None) -> Sequence[str] | None:
    """The stores whose rows are listed: the one asked for, within the operator's. None is all."""
    if store is None:
        return None if caller.stores is None else sorted(caller.stores)
    return [store] if caller.stores is None or store in caller.stores else []


def names_of_actors(conn: Connection, actors: Iterable[str]) -> dict[str, str]:
    """Operators and API keys by their names; anybody else goes by what the audit calls them."""
    operators = access.load_operator_names(conn)
    wanted = set(actors)
    keys = {one.key_id: one.name for one in access.list_keys(conn)} if any("key:" in one for one in wanted) else {}
    return {
        one: operators.get(one.removeprefix("operator:"), keys.get(one.removeprefix("key:"), one)) for one in wanted
    }


def names_of_customers(conn: Connection, use: Resources, customer_ids: Iterable[UUID]) -> dict[UUID, NamedCustomer]:
    """Customers by their names."""
    records = customers.load_customers(conn, use.context.keyring, sorted(set(customer_ids)))
    return {one: NamedCustomer(customer_id=one, name=record.profile.name) for one, record in records.items()}
