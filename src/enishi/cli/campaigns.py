"""``enishi campaigns``: what gives points on top of the programme, and what became of it."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from enishi import campaigns
from enishi.campaigns import WHOLE_CAMPAIGN, Campaign
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_database
from enishi.cli.terminal import Json, output, print_json
from enishi.kit import clock

app = typer.Typer(help="Campaigns: list them, show one with its history.", no_args_is_help=True)


@app.command("list")
def list_campaigns(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """List every campaign, those that start last first: its state, what it gave, what is left of its budget."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        found = campaigns.list_campaigns(conn, clock.now())
        given = campaigns.sum_given(conn, [one.campaign_id for one in found])
        left = campaigns.load_budgets(conn, [(one.campaign_id, WHOLE_CAMPAIGN) for one in found])
    rows = [
        {
            "code": one.code,
            "name": one.current.rules.name_en,
            "state": one.state.value,
            "starts_at": one.current.rules.starts_at,
            "ends_at": one.current.rules.ends_at,
            "points": given.get(one.campaign_id, 0),
            "budget_left": left.get((one.campaign_id, WHOLE_CAMPAIGN)),
        }
        for one in found
    ]
    if json:
        print_json(rows)
        return
    if not rows:
        output.print("There is no campaign. They are written in the console, and approved there by somebody else.")
    for one, row in zip(found, rows, strict=True):
        rules = one.current.rules
        budget = "" if row["budget_left"] is None else f", {row['budget_left']:,} left of the budget"
        output.print(f"[bold]{one.code}[/] {rules.name_en} ({rules.name_ja}): {one.state.value}", soft_wrap=True)
        output.print(
            f"  {rules.starts_at:%Y-%m-%d %H:%M} to {rules.ends_at:%Y-%m-%d %H:%M}, "
            f"{row['points']:,} points given{budget}",
            markup=False,
            soft_wrap=True,
        )


@app.command("show")
def show(
    code: Annotated[str, typer.Argument(help="The campaign's code.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    *,
    json: Json = False,
) -> None:
    """Show a campaign in plain words, with its history; with --json, its rules as the console takes them."""
    with reach_database(data_dir) as database, psycopg.connect(database.app_dsn) as conn:
        found = campaigns.load_campaign(conn, code, clock.now())
    if json:
        print_json(found)
        return
    _print_rules(found)
    for change in found.log:
        output.print(
            f"{change.at:%Y-%m-%d %H:%M} {change.action.value} version {change.version}: "
            f"{change.reason} ({change.author})",
            markup=False,
            soft_wrap=True,
        )


def _print_rules(found: Campaign) -> None:
    rules = found.current.rules
    output.print(f"[bold]{found.code}[/] {rules.name_en} ({rules.name_ja}): {found.state.value}", soft_wrap=True)
    output.print(f"  {rules.starts_at:%Y-%m-%d %H:%M} to {rules.ends_at:%Y-%m-%d %H:%M}")
    for sentence in campaigns.describe(rules, "en"):
        output.print(f"  • {sentence}", markup=False, soft_wrap=True)
