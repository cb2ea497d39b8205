"""Publishing benefits, keeping a draft of them, and marking what was given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

import msgspec
from psycopg import Connection

from enishi import audit
from enishi.benefits import queries
from enishi.benefits.model import (
    BenefitDraft,
    BenefitSettings,
    BenefitsInPast,
    BenefitVersion,
    Give,
    Grant,
    InvalidBenefits,
    TierName,
    UndoTooLate,
)
from enishi.benefits.validation import validate
from enishi.kit.calendar import require_in_calendar
from enishi.kit.errors import InvalidRequest, NotFound

MAX_REASON = 500


def load_versions(conn: Connection) -> tuple[BenefitVersion, ...]:
    """Every published version, ascending by number."""
    return queries.select_versions(conn)


def load_version_at(conn: Connection, at: datetime) -> BenefitVersion | None:
    """The version in force at an instant; None before the first."""
    return queries.select_version_at(conn, at)


def load_draft(conn: Connection) -> BenefitDraft | None:
    """What head office is working on; None when there is no draft."""
    return queries.select_draft(conn)


def save_draft(
    conn: Connection, settings: BenefitSettings, *, based_on: int, actor: str, now: datetime
) -> BenefitDraft:
    """Keep a draft, fit to be published or not."""
    draft = BenefitDraft(settings, based_on, actor, now)
    queries.upsert_draft(conn, draft)
    return draft


def discard_draft(conn: Connection) -> None:
    """Give the draft up; nothing happens when there is none."""
    queries.delete_draft(conn)


def publish_version(  # noqa: PLR0917 - one argument per column of the version, in the order of the table
    conn: Connection,
    settings: BenefitSettings,
    effective_at: datetime,
    author: str,
    reason: str,
    now: datetime,
    *,
    tiers: Sequence[TierName],
) -> BenefitVersion:
    """Publish settings as the next version, in the caller's transaction, drop the draft, and record it in the audit.

    Refuses ``InvalidBenefits``, whose ``problems`` list everything found, ``BenefitsInPast`` and ``InvalidRequest``.
    """
    problems = validate(settings, tiers)
    if problems:
        first = problems[0]
        raise InvalidBenefits(
            first.detail, field=first.field, remedy=first.remedy, problems=msgspec.to_builtins(problems)
        )
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidRequest("The reason is empty or too long.", field="reason", remedy="Say why, in 500 characters.")
    require_in_calendar(effective_at, "effective_at")
    if effective_at < now:
        raise BenefitsInPast(
            f"The version would take effect at {effective_at.isoformat()}, before {now.isoformat()}.",
            field="effective_at",
            remedy="Choose the present or a later instant.",
        )
    queries.lock_publishing(conn)
    # The lock is taken in a statement of its own: the next one's snapshot then sees what its last holder committed.
    before = queries.select_versions(conn)
    version = BenefitVersion(len(before) + 1, effective_at, now, author, reason.strip(), settings)
    queries.insert_version(conn, version)
    queries.delete_draft(conn)
    old = {one.code: one for one in before[-1].settings.benefits} if before else {}
    new = {one.code: one for one in settings.benefits}
    audit.record_event(
        conn,
        actor=author,
        action="benefits.publish",
        target=f"benefits:{version.version}",
        detail={
            "effective_at": effective_at.isoformat(),
            "reason": version.reason,
            "added": sorted(new.keys() - old.keys()),
            "removed": sorted(old.keys() - new.keys()),
            "changed": sorted(code for code in new.keys() & old.keys() if new[code] != old[code]),
        },
        at=now,
    )
    return version


def grant_benefits(conn: Connection, grants: Sequence[Grant]) -> int:
    """Grant benefits to customers, in the caller's transaction: once for each source. Returns how many are new."""
    return queries.insert_grants(conn, grants) if grants else 0


def load_grants(conn: Connection, customer_ids: Sequence[UUID]) -> dict[UUID, list[Grant]]:
    """What was granted to these customers; who got nothing is absent."""
    found: dict[UUID, list[Grant]] = {}
    for one in queries.select_grants(conn, customer_ids) if customer_ids else ():
        found.setdefault(one.customer_id, []).append(one)
    return found


def load_used(
    conn: Connection, customer_ids: Sequence[UUID], slots: Iterable[str]
) -> dict[UUID, dict[tuple[str, str], list[int]]]:
    """The numbers that were given in these slots, by customer, benefit and slot; none are absent."""
    wanted = sorted(set(slots))
    found: dict[UUID, dict[tuple[str, str], list[int]]] = {}
    for customer_id, benefit, slot, numbers, others in (
        queries.select_used(conn, customer_ids, wanted) if wanted else ()
    ):
        # What merged customers were given takes the lowest numbers that are free.
        free = (number for number in range(1, len(numbers) + others + 1) if number not in numbers)
        found.setdefault(customer_id, {})[benefit, slot] = sorted([*numbers, *islice(free, others)])
    return found


def find_gives(conn: Connection, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Give]:
    """What was given under these (source, external_id); unused keys are absent."""
    return {(one.source, one.external_id): one for one in queries.select_gives_by_keys(conn, keys)} if keys else {}


def list_gives(conn: Connection, stores: Sequence[str] | None = None, limit: int = 50) -> list[Give]:
    """What was given, newest first, marks that were taken back among it."""
    return queries.select_gives(conn, stores, limit)


def list_gives_of(
    conn: Connection, customer_id: UUID, stores: Sequence[str] | None = None, limit: int = 50
) -> list[Give]:
    """What was given to a customer, newest first, marks that were taken back among it."""
    return queries.select_gives_of(conn, customer_id, stores, limit)


def find_last_give(conn: Connection, customer_id: UUID, benefit: str, slot: str | None) -> Give | None:
    """When a customer was given a benefit last in a slot, or in any; None: never, or all marks were taken back."""
    return queries.select_last_give(conn, customer_id, benefit, slot)


def write_give(conn: Connection, one: Give) -> None:
    """Mark a benefit as given. A concurrent mark of the same number makes this fail with a unique violation."""
    queries.insert_give(conn, one)


def undo_give(
    conn: Connection,
    give_id: UUID,
    reason: str,
    *,
    customer_id: UUID,
    stores: Sequence[str] | None,
    actor: str,
    now: datetime,
) -> Give:
    """Take a mark back, in the caller's transaction, for a reason, and record who did it.

    Refuses ``NotFound`` (also for another store's), ``UndoTooLate`` and ``InvalidRequest``.
    """
    if not reason.strip() or len(reason) > MAX_REASON:
        raise InvalidRequest("The reason is empty or too long.", field="reason", remedy="Say why, in 500 characters.")
    held = queries.lock_give(conn, give_id)
    if held is None or held.customer_id != customer_id or (stores is not None and held.store not in stores):
        raise NotFound("There is no such mark.", field="give_id")
    if held.undone_at is not None:
        raise UndoTooLate("The mark was taken back already.", undone_at=held.undone_at.isoformat())
    version = next(one for one in queries.select_versions(conn) if one.version == held.version)
    until = held.given_at + timedelta(minutes=version.settings.undo_minutes)
    if now > until:
        raise UndoTooLate(
            f"A mark can be taken back for {version.settings.undo_minutes} minutes.",
            remedy="Ask head office.",
            until=until.isoformat(),
        )
    queries.update_undone(conn, give_id, actor, reason.strip(), now)
    audit.record_event(
        conn,
        actor=actor,
        action="benefit.undone",
        target=f"customer:{customer_id}",
        detail={"benefit": held.benefit, "give_id": str(give_id), "store": held.store, "reason": reason.strip()},
        at=now,
    )
    return msgspec.structs.replace(held, undone_at=now, undone_by=actor, undo_reason=reason.strip())


def count_gives(
    conn: Connection, since: datetime, until: datetime, stores: Sequence[str] | None = None
) -> list[tuple[str, str, int, int]]:
    """How often each benefit was given at each store in a period: benefit, store, given, of these taken back."""
    return queries.select_counts(conn, stores, since, until)
