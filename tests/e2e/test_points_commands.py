"""What is due is booked, and what was over-spent is told, from the command line."""

from __future__ import annotations

import json

from tests.e2e.installation import Installation


def test_nothing_due_is_nothing_booked(installation: Installation) -> None:
    assert json.loads(installation.run("expire", "--json").stdout)["points"] == 0
    assert json.loads(installation.run("confirm", "--json").stdout) == {"points": 0}
    assert installation.run("confirm").stdout == "0 pending points have become points.\n"


def test_the_offline_report_names_its_days(installation: Installation) -> None:
    days = ("--first", "2026-11-01", "--last", "2026-11-30")
    told = json.loads(installation.run("offline", "report", *days, "--json").stdout)
    assert told == {"first": "2026-11-01", "last": "2026-11-30", "terminals": [], "overspends": []}
    shown = installation.run("offline", "report", *days).stdout
    assert shown == "No terminal spent points offline from 2026-11-01 to 2026-11-30.\n"
