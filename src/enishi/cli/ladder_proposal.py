"""A proposed ladder, on a terminal."""

from __future__ import annotations

from datetime import date

from rich import box
from rich.table import Table

from enishi.cli.terminal import output
from enishi.ranks import Measure, Proposal

_IN_YEN = frozenset({Measure.AMOUNT_WITH_TAX, Measure.AMOUNT_WITHOUT_TAX})


def print_proposal(proposal: Proposal, measure: Measure, last_month: date, months: int) -> None:
    """The tiers from the highest down, with the share of members and of revenue that each would carry."""
    table = Table(
        title=f"{measure.value} in the {months} months to {last_month:%Y-%m}, {proposal.members:,} members",
        box=box.SIMPLE_HEAD,
        title_justify="left",
    )
    for name in ("from", "exactly", "members", "share", "revenue", "share of revenue"):
        table.add_column(name, justify="right")
    sign = "¥" if measure in _IN_YEN else ""
    for cut in proposal.cuts:
        table.add_row(
            f"{sign}{cut.value:,}",
            f"{sign}{cut.exact_value:,}",
            f"{cut.members:,}",
            _share(cut.members, proposal.members),
            f"¥{cut.revenue_yen:,}",
            _share(cut.revenue_yen, proposal.revenue_yen),
        )
    table.add_row(
        "below",
        "",
        f"{proposal.below_members:,}",
        _share(proposal.below_members, proposal.members),
        f"¥{proposal.below_revenue_yen:,}",
        _share(proposal.below_revenue_yen, proposal.revenue_yen),
    )
    output.print(table)


def _share(part: int, whole: int) -> str:
    return f"{part * 1_000 // whole / 10:.1f} %" if whole else "—"
