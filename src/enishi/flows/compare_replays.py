"""Two replays of one history, held against each other: what ``Backtest`` says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from enishi import accounting
from enishi.campaigns import Schedule
from enishi.flows.backtest_model import (
    NAMED_MEMBERS,
    POINTS_FROM,
    Label,
    PointsBar,
    RankMove,
    Row,
    Sums,
    TierMembers,
)
from enishi.ranks import LadderInForce

Held = Mapping[UUID, tuple[str, int]]
"""The tier and level of each member at the end."""


def rows_of(today: Mapping[str, Sums], tried: Mapping[str, Sums], yen_per_point: Decimal) -> tuple[Row, ...]:
    """Figures by name, those that only one of both has among them."""
    return tuple(
        row_of(name, today.get(name, Sums()), tried.get(name, Sums()), yen_per_point)
        for name in sorted({*today, *tried})
    )


def row_of(name: str, today: Sums, tried: Sums, yen_per_point: Decimal) -> Row:
    """Figures by both rules with what their points cost."""
    return Row(name, today, tried, cost_yen(today.points, yen_per_point), cost_yen(tried.points, yen_per_point))


def cost_yen(points: int, yen_per_point: Decimal) -> int:
    """What points cost at the price of the books, rounded once."""
    return accounting.round_half_up(Fraction(yen_per_point) * points)


def moves_of(today: Held, tried: Held) -> tuple[RankMove, ...]:
    """Who holds which rank by the one and by the other; members in the order of their IDs."""
    found: dict[tuple[int, int, str, str], list[UUID]] = {}
    for customer_id in sorted(today):
        (code, level), (to, to_level) = today[customer_id], tried[customer_id]
        found.setdefault((level, to_level, code, to), []).append(customer_id)
    return tuple(
        RankMove(
            code,
            to,
            (to_level > level) - (to_level < level),
            len(members),
            tuple(members[:NAMED_MEMBERS]),
        )
        for (level, to_level, code, to), members in sorted(found.items())
    )


def tiers_of(ladder: LadderInForce | None, held: Held) -> tuple[TierMembers, ...]:
    """How many members hold each tier of a ladder, lowest first."""
    if ladder is None:
        return ()
    counts: dict[str, int] = {}
    for code, _ in held.values():
        counts[code] = counts.get(code, 0) + 1
    return tuple(
        TierMembers(one.code, one.level, counts.get(one.code, 0), one.name_ja, one.name_en, one.colour)
        for one in ladder.tiers
    )


def names_of(schedules: Sequence[Schedule]) -> tuple[Label, ...]:
    """What campaigns are called; of several versions, the one tried or the newest."""
    names: dict[str, tuple[int, Label]] = {}
    for schedule in schedules:
        for version in schedule.versions.values():
            # A draft has no number yet: it is newer than all.
            number = version.version or 1_000_000_000
            if number >= names.get(version.code, (0, None))[0]:
                names[version.code] = number, Label(version.code, version.rules.name_ja, version.rules.name_en)
    return tuple(label for _, (_, label) in sorted(names.items()))


def bars_of(today: Mapping[UUID, int], tried: Mapping[UUID, int]) -> tuple[PointsBar, ...]:
    """How many members were given how many points, by both rules."""
    counts = [[0, 0] for _ in POINTS_FROM]
    for side, given in enumerate((today, tried)):
        for points in given.values():
            place = max(at for at, begins in enumerate(POINTS_FROM) if at == 0 or points >= begins)
            counts[place][side] += 1
    return tuple(
        PointsBar(begins, by_today, by_tried) for begins, (by_today, by_tried) in zip(POINTS_FROM, counts, strict=True)
    )
