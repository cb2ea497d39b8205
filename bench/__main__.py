"""``python -m bench`` and ``enishi bench``: measure what is fast against what it is compared with."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import backtests, closing, expiry, history, operations, ranks, stages, writes
from bench.figures import BenchFailed, Figure, render_json, render_text, say
from bench.imports import NAME as IMPORT
from bench.imports import measure_import
from bench.stage import Stage, describe_ground, open_stage
from enishi.cli.failures import FAILED, Interrupted, exit_code_of, stopping_on_signals
from enishi.kit.database import StartupRefusal
from enishi.kit.errors import Refusal

NAMES = (
    *writes.NAMES,
    *operations.NAMES,
    stages.NAME,
    IMPORT,
    backtests.NAME,
    expiry.NAME,
    ranks.NAME,
    closing.NAME,
    *history.NAMES,
)


class Options(argparse.Namespace):
    """What was asked for."""

    names: list[str]
    json: bool
    customers: int
    history: int
    receipts: int | None
    seconds: int
    rounds: int
    folder: Path | None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the figures on standard output and give the exit code."""
    options = _parse(arguments)
    # What psycopg and its pool notice when a run is cut off says nothing that the end of the run does not say.
    logging.getLogger("psycopg").setLevel(logging.CRITICAL)
    render = render_json if options.json else render_text
    try:
        with (
            stopping_on_signals(),
            tempfile.TemporaryDirectory(prefix="enishi-bench-", dir=options.folder) as folder,
            open_stage(Path(folder), options.customers) as stage,
        ):
            for line in describe_ground(Path(folder)):
                say(line)
            for figure in _measure(stage, options):
                print(render(figure), flush=True)
    except BenchFailed as failure:
        say(f"Error: {failure}")
        return FAILED
    except (StartupRefusal, Refusal, Interrupted) as error:
        return exit_code_of(error)
    return 0


def _measure(stage: Stage, options: Options) -> Iterator[Figure]:
    wanted = {name for name in NAMES if _is_wanted(name, options.names)}
    if of_writes := wanted.intersection(writes.NAMES):
        say("Receipts by turns:")
        yield from writes.measure_writes(stage, of_writes, options.rounds, options.seconds)
    if of_operations := wanted.intersection(operations.NAMES):
        say("Holds and returns by turns with awards:")
        yield from operations.measure_operations(stage, of_operations, options.rounds, options.seconds)
    if stages.NAME in wanted:
        yield from stages.measure_stages(stage, options.seconds)
    if IMPORT in wanted:
        say("The real year:")
        yield from measure_import(stage, options.receipts)
    if backtests.NAME in wanted:
        say("The real year by other rules:")
        yield from backtests.measure_backtest(stage, options.receipts)
    if expiry.NAME in wanted:
        say("Points past their last day:")
        yield from expiry.measure_expiry(stage)
    if ranks.NAME in wanted:
        yield from ranks.measure_ranks(stage)
    if closing.NAME in wanted:
        say("The end of a month:")
        yield from closing.measure_closing(stage, options.history)
    if of_history := wanted.intersection(history.NAMES):
        say("A large journal:")
        yield from history.measure_history(stage, of_history, options.history, options.rounds, options.seconds)


def _is_wanted(name: str, asked: Sequence[str]) -> bool:
    return not asked or any(name == one or name.startswith(f"{one}.") for one in asked)


def _parse(arguments: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="enishi bench",
        description="Measure what is fast against what it is compared with, product and peer by turns in one run.",
        epilog=f"Measurements: {', '.join(NAMES)}. See docs/reference/bench.md.",
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a measurement, or the first part of several ('award'); default: all"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument("--customers", type=_positive, default=1_000_000, help="customers there are already")
    parser.add_argument("--history", type=_positive, default=10_000_000, help="journal entries of the large journal")
    parser.add_argument("--receipts", type=_positive, help="import so many receipts of the year; default: all")
    parser.add_argument("--seconds", type=_positive, default=5, help="length of one turn")
    parser.add_argument("--rounds", type=_positive, default=3, help="turns of each")
    parser.add_argument(
        "--folder", type=Path, help="existing folder on the disk to measure on; default: the system's temporary folder"
    )
    options = parser.parse_args(arguments, namespace=Options())
    unknown = [one for one in options.names if not any(_is_wanted(name, [one]) for name in NAMES)]
    if unknown:
        parser.error(f"there is no measurement {unknown[0]}; there are: {', '.join(NAMES)}")
    if options.folder is not None and not options.folder.is_dir():
        parser.error(f"{options.folder} is not an existing folder")
    return options


def _positive(text: str) -> int:
    number = int(text.replace("_", "").replace(",", ""))
    if number < 1:
        raise ValueError
    return number


if __name__ == "__main__":
    sys.exit(main())
