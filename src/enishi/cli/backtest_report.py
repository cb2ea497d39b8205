"""What trying a configuration on the past came to, on a terminal."""

from __future__ import annotations

from collections.abc import Iterable

from rich import box
from rich.table import Table

from enishi.cli.terminal import output
from enishi.flows import Backtest, Row

_STORES = 10
"""So many stores are shown: those where most changes."""


def print_backtest(tried: Backtest) -> None:
    """The figures side by side: points by month, store, rank and campaign, and who would hold which rank."""
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
    more = tried.outstanding_tried - tried.outstanding_today
    output.print(
        f"Points outstanding on {tried.until_on}: {tried.outstanding_today:,} today, {tried.outstanding_tried:,} tried "
        f"({more:+,})."
    )
    if total.tried.unaffordable_points:
        output.print(f"{total.tried.unaffordable_points:,} points that were used would not have been there.")
    for code, days in tried.moved_days.items():
        output.print(f"Campaign {code} lies ahead and was tried {days} days earlier.", markup=False)


def _print_rows(title: str, heading: str, rows: Iterable[Row]) -> None:
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column(heading)
    for name in ("receipts", "points today", "tried", "difference", "of sales today", "tried"):
        table.add_column(name, justify="right")
    for row in rows:
        today, tried = row.today, row.tried
        table.add_row(
            row.name or "—",
            f"{max(today.receipts, tried.receipts):,}",
            f"{today.points:,}",
            f"{tried.points:,}",
            f"{tried.points - today.points:+,}",
            _share(today.points, today.sales_yen),
            _share(tried.points, tried.sales_yen),
        )
    if table.row_count:
        output.print(table)


def _share(points: int, yen: int) -> str:
    return f"{points * 10_000 // yen / 100:.2f} %" if yen else "—"


def _print_moves(tried: Backtest) -> None:
    table = Table(title="Ranks at the end", box=box.SIMPLE_HEAD, title_justify="left")
    for name in ("today", "tried", ""):
        table.add_column(name)
    table.add_column("members", justify="right")
    for move in tried.moves:
        goes = {1: "[green]up[/]", 0: "same", -1: "[red]down[/]"}[move.goes]
        table.add_row(move.today or "—", move.tried or "—", goes, f"{move.members:,}")
    if any(move.today or move.tried for move in tried.moves):
        output.print(table)
