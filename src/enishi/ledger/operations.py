"""Movements of points besides earning and spending, decided on locked accounts in memory.

What is written is what ``service.write_postings`` writes: an operation only changes the account it is given and returns
the entries that say how.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from enishi.kit.errors import Refusal
from enishi.ledger import rules
from enishi.ledger.model import Account, EntryType, Lot, Lots, Posting
from enishi.ledger.service import post, require_not_frozen


class Shortfall(StrEnum):
    """What becomes of points that returned goods had earned and the member has spent."""

    NEGATIVE = "negative"
    """They are owed, and set against what is earned next."""
    ABSORB = "absorb"
    """The shop bears them."""
    REFUSE = "refuse"
    """The return is refused."""


class PointsAlreadySpent(Refusal):
    """What the goods had earned has been spent, and the programme refuses such returns. Nothing was changed."""

    code = "points-already-spent"
    status = 409
    title = "Points already spent"


class Occasion(Struct, gc=False, frozen=True):
    """What an entry says of where and why, whatever moves."""

    store: str
    occurred_at: datetime
    purchase_id: UUID | None = None
    basis: bytes | None = None


def _post(account: Account, change: rules.Change, entry_type: EntryType, points: int, occasion: Occasion) -> Posting:
    return post(
        account,
        change,
        entry_type,
        points,
        store=occasion.store,
        purchase_id=occasion.purchase_id,
        occurred_at=occasion.occurred_at,
        basis=occasion.basis,
    )


def take_back(
    account: Account, points: int, own: Lots, *, shortfall: Shortfall, on: date, occasion: Occasion
) -> tuple[Posting | None, int]:
    """Take back what returned goods had earned, out of the lots it went into and then out of others.

    Returns the entry, None when nothing was left to take, and how many points had been spent: owed or absorbed. Raises
    ``PointsAlreadySpent`` where the policy is to refuse, leaving the account as it was.
    """
    lots, moves, missing = rules.take_back(account.lots, points, own, on, account.ending)
    if missing and shortfall is Shortfall.REFUSE:
        raise PointsAlreadySpent(
            f"The goods earned {points} points, of which {missing} have been spent.",
            remedy="Let the customer earn them first, or have head office allow it.",
            points=points,
            missing=missing,
        )
    taken = points - missing if shortfall is Shortfall.ABSORB else points
    if taken == 0:
        return None, missing
    return _post(account, (lots, moves), EntryType.TAKE_BACK, -taken, occasion), missing


def give_back(
    account: Account, lots: Lots, *, reissue_days: int | None, on: date, occasion: Occasion, uncovered: Lots = ()
) -> tuple[Posting | None, int]:
    """Give used points back to their own lots; returns the entry and how many points were lost.

    A lot that is past its last day stays lost when ``reissue_days`` is None; otherwise its points are valid for so
    many days more, today being the first, though never past the last day of their kind. Points of a kind that has
    ended are lost whatever the programme says: nobody could use them. ``uncovered`` are points that no lot had covered
    when they were used: whatever is owed still is set off against them.
    """
    open_kinds = rules.usable(lots, on, account.ending or {})
    gains = [lot for lot in open_kinds if lot.expires_on >= on]
    if reissue_days is not None:
        until = on + timedelta(days=reissue_days - 1)
        past = [Lot(lot.kind, until, lot.points) for lot in open_kinds if lot.expires_on < on]
        gains += [Lot(lot.kind, rules.last_day(lot, account.ending), lot.points) for lot in past]
    lost = sum(lot.points for lot in lots) - sum(lot.points for lot in gains)
    gains += uncovered
    points = sum(lot.points for lot in gains)
    if points == 0:
        return None, lost
    change = rules.credit(account.lots, tuple(gains), account.owed)
    return _post(account, change, EntryType.GIVE_BACK, points, occasion), lost


def hold(account: Account, points: int, *, on: date, occasion: Occasion) -> Posting:
    """Set points aside. Raises ``InsufficientPoints`` and ``AccountFrozen``, leaving the account as it was."""
    require_not_frozen(account)
    change = rules.spend(account.lots, points, on, account.owed, account.ending)
    return _post(account, change, EntryType.HOLD, -points, occasion)


def release(account: Account, lots: Lots, occasion: Occasion) -> Posting:
    """Put held points back into the lots they came from; those past their last day expire with the next sweep."""
    change = rules.credit(account.lots, lots, account.owed)
    return _post(account, change, EntryType.RELEASE, sum(lot.points for lot in lots), occasion)


def capture(account: Account, lots: Lots, points: int, occasion: Occasion) -> list[Posting]:
    """Spend ``points`` of those held in ``lots``, soonest to expire first, and release what is left of them.

    What was set aside was promised: it is spent even where its lot has expired or points are owed by now.
    """
    spent: list[Lot] = []
    left: list[Lot] = []
    for lot in lots:
        part = min(lot.points, points)
        points -= part
        if part:
            spent.append(Lot(lot.kind, lot.expires_on, part))
        if lot.points > part:
            left.append(Lot(lot.kind, lot.expires_on, lot.points - part))
    postings: list[Posting] = []
    if spent:
        total = sum(lot.points for lot in spent)
        back = rules.credit(account.lots, tuple(spent), 0)
        postings.append(_post(account, back, EntryType.RELEASE, total, occasion))
        out = rules.remove(account.lots, tuple(spent))
        postings.append(_post(account, out, EntryType.SPEND, -total, occasion))
    if left:
        postings.append(release(account, tuple(left), occasion))
    return postings


def capture_for_purchase(
    account: Account, lots: Lots, points: int, *, aside: Occasion, spent: Occasion
) -> tuple[list[Posting], Posting]:
    """As ``capture``, all of it put back first: the entries that do so, and the spend of ``points``, which is last.

    The spend can so be the first entry of the purchase that it pays for.
    """
    used: list[Lot] = []
    left: list[Lot] = []
    missing = points
    for lot in lots:
        part = min(lot.points, missing)
        missing -= part
        if part:
            used.append(Lot(lot.kind, lot.expires_on, part))
        if lot.points > part:
            left.append(Lot(lot.kind, lot.expires_on, lot.points - part))
    back = rules.credit(account.lots, tuple(used), 0)
    releases = [_post(account, back, EntryType.RELEASE, points, aside)]
    if left:
        releases.append(release(account, tuple(left), aside))
    out = rules.remove(account.lots, tuple(used))
    return releases, _post(account, out, EntryType.SPEND, -points, spent)


def grant(account: Account, lot: Lot, occasion: Occasion, entry_type: EntryType = EntryType.ADJUST) -> Posting:
    """Credit points outside a sale: an adjustment upwards, or a reinstatement."""
    change = rules.credit(account.lots, (lot,), account.owed)
    return _post(account, change, entry_type, lot.points, occasion)


def deduct(account: Account, points: int, *, allow_owing: bool, on: date, occasion: Occasion) -> Posting:
    """Adjust an account downwards. Raises ``InsufficientPoints`` unless the rest may be owed."""
    if allow_owing:
        lots, moves, _ = rules.take_back(account.lots, points, (), on, account.ending)
        return _post(account, (lots, moves), EntryType.ADJUST, -points, occasion)
    change = rules.spend(account.lots, points, on, account.owed, account.ending)
    return _post(account, change, EntryType.ADJUST, -points, occasion)


def transfer_out(account: Account, points: int, *, on: date, occasion: Occasion) -> Posting:
    """Take points out for somebody else. Raises ``InsufficientPoints`` and ``AccountFrozen``."""
    require_not_frozen(account)
    change = rules.spend(account.lots, points, on, account.owed, account.ending)
    return _post(account, change, EntryType.TRANSFER_OUT, -points, occasion)


def transfer_in(account: Account, moved: Lots, occasion: Occasion) -> Posting:
    """Receive points of somebody else in lots of the same kind and day: changing hands makes none last longer.

    ``moved`` are the movements of the entry that took them out.
    """
    gains = tuple(Lot(lot.kind, lot.expires_on, -lot.points) for lot in moved)
    change = rules.credit(account.lots, gains, account.owed)
    return _post(account, change, EntryType.TRANSFER_IN, sum(lot.points for lot in gains), occasion)
