"""Drafts on the command line, of an installation that serves: what the pages show, and the document as a file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.drafts.factories import WRITER, begin, rate
from tests.e2e.installation import Installation, wait_until

from enishi import drafts
from enishi.configuration import read_configuration
from enishi.kit import clock


def test_a_draft_is_listed_shown_and_written_down_and_a_serving_enishi_tries_it(
    installation: Installation, tmp_path: Path
) -> None:
    installation.serve()
    with installation.connect() as conn:
        draft = begin(conn, rate(2), clock.now())
        drafts.request_backtest(conn, draft.draft_id, 1, None, author=WRITER, at=clock.now())
        conn.commit()
        # There is nothing to try it on, which only whoever took it on can know.
        wait_until(lambda: drafts.list_backtests(conn, draft.draft_id)[0].state == "failed", 60, "it is tried")
    assert "1  writing" in installation.run("drafts", "list").stdout
    shown = json.loads(installation.run("drafts", "show", "1", "--json").stdout)
    assert (shown["content"]["title"], shown["backtests"]) == (
        "還元率の見直し",
        [{"backtest": 1, "revision": 1, "state": "failed"}],
    )
    assert "failed (nothing-to-try: " in installation.run("drafts", "show", "1").stdout
    assert read_configuration(installation.run("drafts", "export", "1").stdout.encode()) == rate(2)
    unknown = installation.run("drafts", "show", "9")
    assert (unknown.returncode, "There is no draft 9." in unknown.stderr) == (1, True)
