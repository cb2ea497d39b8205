"""What the command line says of rules that were tried."""

from __future__ import annotations

import pytest
from tests.flows.backtests import TRIED

from enishi.cli.backtest_report import print_backtest


def test_every_figure_is_told_beside_that_of_today(capsys: pytest.CaptureFixture[str]) -> None:
    print_backtest(TRIED)
    told = " ".join(capsys.readouterr().out.split())
    for words in (
        "3 purchases of 10 members from 2025-11-26 to 2026-11-25, ¥9,000.",
        "1 members rise, 0 fall.",
        "Points outstanding on 2026-11-25: 80 today, 95 tried (+15).",
        "Liability: ¥66 today, ¥76 tried (+10).",
        "A point is valued at ¥0.95 by version 2 of the books' settings; 81.2% are expected to be used.",
        "Campaign steps lies ahead and was tried 364 days earlier.",
        "4 returns, of which the rules tried would have refused 0.",
    ):
        assert words in told
