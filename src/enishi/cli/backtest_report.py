"""What trying a configuration on the past came to, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table

from enishi import flows
from enishi.cli.terminal import output
from enishi.flows import Backtest, Row, Threshold

_STORES = 10
"""So many stores are shown: those where most changes."""
_MARGIN = 30
"""The gross margin in per cent for which it is told what would pay for a threshold."""


def print_backtest(tried: Backtest) -> None:
    """The figures side by side: points by month, store, rank and campaign, who would hold which rank, what is owed."""
    total = tried.total
    output.print(
        f"{tried.purchases:,} purchases of {tried.members:,} members from {tried.since_on} to {tried.until_on}, "
        f"¥{total.today.sales_yen:,}."
    )
    _print_rows("Total", "", [total])
    _print_rows("By month", "month", tried.months)
    changed = sorted(tried.stores, key=lambda row: (-abs(row.tried.points - row.today.points), row.name))
    _print_rows(f"By store (the {_STORES} that change most)", "store", changed[:_STORES])
    _print_rows("By rank held at the purchase", "rank", tried.ranks)
    _print_rows("By campaign", "campaign", tried.campaigns)
    _print_moves(tried)
    _print_distribution(tried)
    _print_thresholds(tried.thresholds)
    _print_owed(tried)
    _print_ground(tried)


def _table(title: str, *columns: str, words: int = 1) -> Table:
    """A table whose first ``words`` columns hold words and the others numbers."""
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    for number, name in enumerate(columns):
        table.add_column(name, justify="left" if number < words else "right")
    return table


def _print_rows(title: str, heading: str, rows: Iterable[Row]) -> None:
    table = _table(title, heading, "receipts", "points today", "tried", "difference", "cost today", "tried", "of sales")
    for row in rows:
        today, tried = row.today, row.tried
        table.add_row(
            row.name or "—",
            f"{max(today.receipts, tried.receipts):,}",
            f"{today.points:,}",
            f"{tried.points:,}",
            f"{tried.points - today.points:+,}",
            f"¥{row.today_yen:,}",
            f"¥{row.tried_yen:,}",
            _share(tried.points, tried.sales_yen),
        )
    if table.row_count:
        output.print(table)


def _share(points: int, yen: int) -> str:
    return f"{points * 10_000 // yen / 100:.2f} %" if yen else "—"


def _print_moves(tried: Backtest) -> None:
    table = _table("Ranks at the end", "today", "tried", "", "members", words=3)
    for move in tried.moves:
        goes = {1: "[green]up[/]", 0: "same", -1: "[red]down[/]"}[move.goes]
        table.add_row(move.today or "—", move.tried or "—", goes, f"{move.members:,}")
    if any(move.today or move.tried for move in tried.moves):
        output.print(table)
        output.print(f"{tried.rising:,} members rise, {tried.falling:,} fall.")


def _print_distribution(tried: Backtest) -> None:
    table = _table("Members by points of the last year", "from", "today", "tried", "difference", words=0)
    for bar in tried.points_by_member:
        table.add_row(f"{bar.from_points:,}", f"{bar.today:,}", f"{bar.tried:,}", f"{bar.tried - bar.today:+,}")
    if table.row_count:
        output.print(table)


def _print_thresholds(thresholds: Iterable[Threshold]) -> None:
    table = _table(
        "Thresholds, by the rules tried",
        "of",
        "from",
        "reached anyway",
        "points",
        "within 10 %",
        "20 %",
        "30 %",
        f"pays at {_MARGIN} % margin",
    )
    for one in thresholds:
        reach = one.tried
        if reach is None:
            continue
        pays = flows.break_even(reach, one.unit, _MARGIN)
        table.add_row(
            f"{one.kind} {one.code}",
            f"{one.needed:,} {one.unit}",
            f"{reach.count:,}",
            f"{reach.points:,}",
            *(f"{each.count:,}" for each in reach.below),
            "—" if pays is None else f"+¥{pays.sales_yen:,}",
        )
    if table.row_count:
        output.print(table)
        output.print(
            "Who reached a threshold did so without knowing of it; who was lifted by it, the past can not tell."
        )


def _print_owed(tried: Backtest) -> None:
    more = tried.outstanding_tried - tried.outstanding_today
    output.print(
        f"Points outstanding on {tried.until_on}: {tried.outstanding_today:,} today, {tried.outstanding_tried:,} tried "
        f"({more:+,})."
    )
    today, other = tried.liability_today, tried.liability_tried
    if today is not None and other is not None:
        output.print(f"Liability: ¥{today.yen:,} today, ¥{other.yen:,} tried ({other.yen - today.yen:+,}).")
    if tried.valuation is not None:
        one = tried.valuation
        by = (
            f"version {one.settings_version} of the books' settings"
            if one.settings_version
            else "settings to begin with"
        )
        output.print(f"A point is valued at ¥{one.yen_per_point} by {by}; {one.use_rate:.1%} are expected to be used.")


def _print_ground(tried: Backtest) -> None:
    if tried.total.tried.unaffordable_points:
        output.print(f"{tried.total.tried.unaffordable_points:,} points that were used would not have been there.")
    for code, days in tried.moved_days.items():
        output.print(f"Campaign {code} lies ahead and was tried {days} days earlier.", markup=False)
    ground = tried.ground
    if ground is None:
        return
    if ground.returns:
        output.print(
            f"{ground.returns:,} returns, of which the rules tried would have refused {ground.refused_tried:,}."
        )
    if ground.other_entries:
        output.print(
            f"Left out: {ground.other_entries:,} adjustments, gifts and the like, {ground.other_points:+,} points."
        )
    output.print(f"Document {tried.document[:12]}, tried at {tried.now.isoformat(timespec='seconds')}.", markup=False)
