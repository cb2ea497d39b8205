"""``enishi confirm``: turn pending points that are due into points."""

from __future__ import annotations

from enishi import flows
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_installation
from enishi.cli.terminal import Json, Ticker, output, print_json
from enishi.kit.database import open_pool


def confirm(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Turn pending points that are due into points, as a serving Enishi does by itself every minute.

    May run beside a serving Enishi; cut off, just run it again.
    """
    with (
        reach_installation(data_dir) as installation,
        open_pool(installation.database.app_dsn, 1, 1, generic_plans=False, name="confirm") as pool,
        pool.connection() as conn,
        Ticker("points") as ticker,
    ):
        points = flows.confirm_due_points(
            conn,
            flows.PurchaseContext(installation.keyring),
            progress=lambda done: ticker.tell("Confirming pending points", done),
        )
    if json:
        print_json({"points": points})
    else:
        output.print(f"{points:,} pending points have become points.")
