"""Which campaigns run when, where they overlap, and what they come to together on a sample sale. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import pairwise

import msgspec
from msgspec import Struct

from enishi import program
from enishi.campaigns.basis import Priced
from enishi.campaigns.lifecycle import Span
from enishi.campaigns.model import CampaignVersion, Ceilings, Conditions, CustomerFacts, PointsPerPiece
from enishi.campaigns.rules import price
from enishi.program import ProgramVersion
from enishi.purchases import Channel, Line, Purchase


class Overlap(Struct, frozen=True):
    """A stretch of time in which the same campaigns run: what a sample sale earns of the base, and of them together."""

    since: datetime
    until: datetime
    campaigns: tuple[CampaignVersion, ...]
    base_points: int
    priced: Priced

    @property
    def points(self) -> int:
        """Everything that the sample sale earns."""
        return self.base_points + sum(award.points for award in self.priced.awards)


def find_overlaps(
    spans: Sequence[Span], since: datetime, until: datetime, programme: ProgramVersion, sample_yen: int
) -> list[Overlap]:
    """Cut a period wherever a campaign begins or ends; give the stretches in which any runs.

    The sample is a sale of ``sample_yen`` with tax that meets every condition, one piece of goods of every campaign, by
    a member who has reached no ceiling: what is shown is how the campaigns go together, at their most.
    """
    running = [one for one in spans if one.since < until and since < one.until]
    cuts = sorted({max(since, one.since) for one in running} | {min(until, one.until) for one in running})
    found: list[Overlap] = []
    for begin, end in pairwise(cuts):
        live = [one.version for one in running if one.since <= begin and end <= one.until]
        if live:
            purchase = _sample(begin, sample_yen)
            basis = program.assess(purchase, programme)
            on = program.day_in_zone(begin, programme.settings.zone_info)
            priced = combine(live, purchase, programme, on)
            found.append(Overlap(begin, end, tuple(live), basis.points, priced))
    return found


def combine(live: Sequence[CampaignVersion], purchase: Purchase, programme: ProgramVersion, on: date) -> Priced:
    """What campaigns come to together when all conditions hold and no ceiling but that of a receipt is reached."""
    bare = [_without_conditions(one) for one in live]
    basis = program.assess(purchase, programme)
    return price(purchase, programme, basis, bare, CustomerFacts(), on=on, why_not=True)


def _without_conditions(version: CampaignVersion) -> CampaignVersion:
    rules = version.rules
    goods = rules.goods if isinstance(rules.effect, PointsPerPiece) else None
    return msgspec.structs.replace(
        version,
        rules=msgspec.structs.replace(
            rules,
            conditions=Conditions(measure=rules.conditions.measure),
            goods=goods if goods is None else msgspec.structs.replace(goods, skus=(*goods.skus, _SAMPLE_SKU)),
            ceilings=Ceilings(receipt_points=rules.ceilings.receipt_points),
        ),
    )


_SAMPLE_SKU = "sample"


def _sample(at: datetime, yen: int) -> Purchase:
    return Purchase(
        source="sample",
        external_id="sample",
        channel=Channel.POS,
        store="sample",
        occurred_at=at,
        lines=(Line(_SAMPLE_SKU, 1, yen),),
    )
