"""A store's reservation settings in the console: reading and publishing versions, and calendar addresses for staff."""

from collections.abc import Iterator
from typing import Annotated, Any, cast

import msgspec
from fastapi import APIRouter, Query
from psycopg import Connection

from enishi import audit, catalog, flows, reservations
from enishi.access import Permission
from enishi.kit.errors import NotFound
from enishi.kit.validity import describe_invalid
from enishi.reservations import BookingSettings, Feed, SettingsVersion
from enishi.web.declare import Caller, Conn, Resources, Use, requires
from enishi.web.reservation_shapes import (
    BookingSettingsChange,
    BookingSettingsVersion,
    Feeds,
    FeedShape,
    FeedToMake,
    FeedToRevoke,
    NewFeed,
    SettingsStore,
    SettingsStores,
    SettingsToPublish,
    StoreSettings,
)

router = APIRouter(prefix="/api/console/reservations", tags=["console"])

See = Annotated[Caller, requires(Permission.RESERVATIONS_READ)]
Set = Annotated[Caller, requires(Permission.RESERVATIONS_SETTINGS)]
StoreCode = Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._:\-]+$")]
_MAX_CHANGES = 200


@router.get("/settings/stores")
def list_settings_stores(caller: See, conn: Conn) -> SettingsStores:
    """Every store of the operator, with the version of its settings."""
    known = reservations.list_settings(conn)
    return SettingsStores(
        stores=[
            SettingsStore(code=code, name=store.name, version=known[code].version if code in known else 0)
            for code, store in catalog.load_stores(conn).items()
            if caller.stores is None or code in caller.stores
        ]
    )


@router.get("/settings")
def read_reservation_settings(caller: See, conn: Conn, use: Use, store: StoreCode) -> StoreSettings:
    """A store's settings in force, and every version with its changes."""
    return _describe(conn, use, store, _name(conn, caller, store))


@router.post("/settings")
def publish_reservation_settings(body: SettingsToPublish, caller: Set, conn: Conn, use: Use) -> StoreSettings:
    """Publish a store's settings: 422 ``invalid-booking-settings`` with every problem, 409 when others were faster."""
    name = _name(conn, caller, body.store)
    try:
        settings = msgspec.convert(body.settings, BookingSettings)
    except msgspec.ValidationError as error:
        raise describe_invalid(str(error), BookingSettings) from None
    reservations.publish_settings(
        conn,
        body.store,
        settings,
        based_on=body.based_on,
        author=caller.actor,
        reason=body.reason,
        now=use.clock(),
        tiers=flows.tier_codes(conn, use.clock()),
    )
    return _describe(conn, use, body.store, name)


@router.get("/feeds")
def list_calendar_feeds(caller: Set, conn: Conn, store: StoreCode) -> Feeds:
    """The calendar addresses of a store, revoked ones included."""
    _name(conn, caller, store)
    return Feeds(feeds=[_feed(one) for one in reservations.list_feeds(conn, store)])


@router.post("/feeds")
def make_calendar_feed(body: FeedToMake, caller: Set, conn: Conn, use: Use) -> NewFeed:
    """Make a calendar address; its path is shown this once."""
    _name(conn, caller, body.store)
    feed, token = reservations.create_feed(
        conn, body.store, resource=body.resource, label=body.label, actor=caller.actor, now=use.clock()
    )
    _record(conn, caller, feed, "reservations.feed_made", use)
    return NewFeed(feed=_feed(feed), path=f"/v1/calendars/{token}.ics")


@router.post("/feeds:revoke", status_code=204)
def revoke_calendar_feed(body: FeedToRevoke, caller: Set, conn: Conn, use: Use) -> None:
    """End a calendar address at once."""
    _name(conn, caller, body.store)
    feed = next((one for one in reservations.list_feeds(conn, body.store) if one.feed_id == body.feed_id), None)
    reservations.revoke_feed(conn, body.store, body.feed_id, use.clock())
    if feed is not None:
        _record(conn, caller, feed, "reservations.feed_revoked", use)


def _record(conn: Connection, caller: Caller, feed: Feed, action: str, use: Use) -> None:
    audit.record_event(
        conn,
        actor=caller.actor,
        action=action,
        target=f"store:{feed.store}",
        detail={"feed_id": str(feed.feed_id), "resource": feed.resource},
        at=use.clock(),
    )


def _name(conn: Connection, caller: Caller, store: str) -> str:
    """The store's name; one that the operator is not for is answered like none."""
    found = catalog.load_stores(conn).get(store)
    if found is None or (caller.stores is not None and store not in caller.stores):
        raise NotFound("There is no such store.", field="store")
    return found.name


def _describe(conn: Connection, use: Resources, store: str, name: str) -> StoreSettings:
    versions = reservations.list_versions(conn, store)
    return StoreSettings(
        store=store,
        name=name,
        version=versions[0].version if versions else 0,
        settings=msgspec.to_builtins(versions[0].settings) if versions else None,
        versions=[
            _version(one, versions[place + 1] if place + 1 < len(versions) else None)
            for place, one in enumerate(versions)
        ],
        tiers=flows.tier_codes(conn, use.clock()),
    )


def _version(one: SettingsVersion, before: SettingsVersion | None) -> BookingSettingsVersion:
    old = {} if before is None else dict(_leaves(msgspec.to_builtins(before.settings)))
    new = dict(_leaves(msgspec.to_builtins(one.settings)))
    changed = [
        field for field in [*old, *(field for field in new if field not in old)] if old.get(field) != new.get(field)
    ]
    return BookingSettingsVersion(
        version=one.version,
        published_at=one.published_at,
        author=one.author,
        reason=one.reason,
        changes=[]
        if before is None
        else [
            BookingSettingsChange(field=field, before=old.get(field), after=new.get(field))
            for field in changed[:_MAX_CHANGES]
        ],
    )


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every value in a document with its place; what has a code of its own is placed by it, not by its number."""
    match value:
        case dict():
            for key, inner in cast("dict[str, Any]", value).items():
                yield from _leaves(inner, f"{path}.{key}" if path else key)
        case list() | tuple():
            items = cast("list[Any]", value)
            for index, inner in enumerate(items):
                name = _key_of(inner)
                yield from _leaves(inner, f"{path}[{index if name is None else name}]")
        case _:
            yield path, str(value)


def _key_of(value: Any) -> str | None:
    if not isinstance(value, dict):
        return None
    items = cast("dict[str, Any]", value)
    if "on" in items:
        return f"{items['on']} {items.get('resource', '')}".strip()
    found = items.get("code") or items.get("tier")
    return None if found is None else str(found)


def _feed(one: Feed) -> FeedShape:
    return FeedShape(
        feed_id=one.feed_id,
        resource=one.resource,
        label=one.label,
        created_at=one.created_at,
        revoked_at=one.revoked_at,
    )
