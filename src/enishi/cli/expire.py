"""``enishi expire``: book the points that are past their last day."""

from __future__ import annotations

from enishi import flows
from enishi.cli.installation import DEFAULT_DATA_DIR, DataDir, reach_installation
from enishi.cli.terminal import Json, Ticker, output, print_json
from enishi.kit.database import open_pool


def expire(data_dir: DataDir = DEFAULT_DATA_DIR, *, json: Json = False) -> None:
    """Book the points that are past their last day, as a serving Enishi does by itself after every midnight.

    What a member can spend does not wait for this. May run beside a serving Enishi; cut off, just run it again.
    """
    with (
        reach_installation(data_dir) as installation,
        open_pool(installation.database.app_dsn, 1, 1, generic_plans=False, name="expire") as pool,
        pool.connection() as conn,
        Ticker("accounts") as ticker,
    ):
        outcome = flows.expire_points(
            conn,
            flows.PurchaseContext(installation.keyring),
            progress=lambda done, total: ticker.tell("Looking for expired points", done, total),
            actor="cli",
        )
    if json:
        print_json(outcome)
    else:
        output.print(
            f"{outcome.points:,} points of {outcome.accounts:,} members expired, "
            f"valid through {outcome.through:%Y-%m-%d} or earlier."
        )
