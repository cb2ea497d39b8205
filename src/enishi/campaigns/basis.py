"""Why a campaign gave its points: what is kept with each award, complete enough to be explained years later."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from msgspec import Struct

from enishi.campaigns.model import BudgetKey, Effect
from enishi.program import PointKind, Rounding


class Cut(Struct, gc=False, frozen=True, array_like=True):
    """A ceiling that lowered an award: which, what it allows in all, what of it was left, and the points it cost.

    ``ceiling`` is receipt, member, store or budget; ``limit`` is 0 where only what is left is known.
    """

    ceiling: str
    limit: int
    left: int
    lost: int


class CampaignBasis(
    Struct,
    gc=False,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    omit_defaults=True,
    tag="campaign",
    tag_field="c",
    rename={
        "version": "v",
        "campaign_id": "i",
        "campaign": "k",
        "campaign_version": "w",
        "name_ja": "j",
        "name_en": "e",
        "effect": "f",
        "base_points": "b",
        "on_goods": "s",
        "amount_yen": "y",
        "measure": "l",
        "pieces": "n",
        "times_before": "m",
        "group": "g",
        "mode": "o",
        "met": "h",
        "exact": "x",
        "rounding": "r",
        "cuts": "d",
        "points": "p",
        "valid_days": "q",
        "valid_until": "u",
    },
):
    """Why a campaign's award has its points. Stored with its journal entry, so its JSON names are short.

    A default here means what its absence means in every entry ever stored: a default can never change. ``version`` is
    the programme's. ``on_goods`` are the base points that fall on the campaign's goods, exact, and empty where these
    are all goods; ``times_before`` is what other multipliers of the group had made of them. ``met`` are (condition,
    what was found). ``exact`` is the value before rounding and ceilings.
    """

    version: int
    campaign_id: UUID
    campaign: str
    campaign_version: int
    name_ja: str
    name_en: str
    effect: Effect
    base_points: int = 0
    on_goods: str = ""
    amount_yen: str = ""
    measure: str = ""
    pieces: int = 0
    times_before: str = ""
    group: str = ""
    mode: str = ""
    met: tuple[tuple[str, str], ...] = ()
    exact: str
    rounding: Rounding = Rounding.FLOOR
    cuts: tuple[Cut, ...] = ()
    points: int
    valid_days: int | None = None
    valid_until: date | None = None


class CampaignAward(Struct, gc=False, frozen=True, kw_only=True):
    """Points of a campaign, in the shape of the programme's own award; ``claims`` are the budgets that pay for it.

    ``period`` names the period in which it counts against the member's ceiling.
    """

    kind: PointKind
    points: int
    expires_on: date
    extends_regular: bool
    basis: CampaignBasis
    period: str = ""
    claims: tuple[BudgetKey, ...] = ()


class Finding(Struct, gc=False, frozen=True):
    """A condition looked at: what was found and what is needed, as codes that every language has words for."""

    condition: str
    holds: bool
    found: str
    needed: str


class NotApplied(Struct, gc=False, frozen=True, kw_only=True):
    """A live campaign that gives nothing, and why: the conditions that fail, or what stands against it.

    ``reason`` is conditions, goods, nothing, better, not_with, receipt, member, times, store, budget or expired;
    ``other`` the campaign that goes before it.
    """

    campaign_id: UUID
    campaign: str
    campaign_version: int
    name_ja: str
    name_en: str
    reason: str
    findings: tuple[Finding, ...] = ()
    other: str = ""
    other_name_ja: str = ""
    other_name_en: str = ""


class Priced(Struct, gc=False, frozen=True):
    """What the live campaigns make of a purchase: their awards in order, and those that give nothing."""

    awards: tuple[CampaignAward, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()


NOTHING_PRICED = Priced()
