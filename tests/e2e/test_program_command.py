"""The programme is shown and published from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.installation import Installation


def test_a_version_is_shown_changed_in_a_file_and_published(installation: Installation, tmp_path: Path) -> None:
    (shown,) = json.loads(installation.run("program", "show", "--json").stdout)
    assert (shown["version"], shown["settings"]["earning"]["unit_yen"]) == (1, 100)
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(shown["settings"] | {"excluded_categories": ["たばこ"]}), "utf-8")
    second = installation.run("program", "publish", str(file), "--reason", "たばこを除外", "--yes", "--json")
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["settings"]["excluded_categories"] == ["たばこ"]
    shown = installation.run("program", "show").stdout
    assert shown.index("Version 2 (in force)") < shown.index("Version 1")
    later = installation.run("program", "publish", "--effective", "2099-04-01", "--yes")
    assert later.stdout == "Version 3 is published, effective 2099-04-01 00:00 JST.\n"


def test_what_is_no_programme_is_refused_and_changes_nothing(installation: Installation, tmp_path: Path) -> None:
    broken = tmp_path / "settings.json"
    broken.write_text('{"name": "P", "unit": 100}', "utf-8")
    past = ("program", "publish", "--effective", "2020-01-01", "--yes")
    before = installation.run("program", "show", "--json").stdout
    for arguments, words in (
        (("program", "publish", str(broken), "--yes"), "does not hold the settings of a programme"),
        (("program", "publish", str(tmp_path / "absent"), "--yes"), "can not be read"),
        (past, "can not take effect"),
        (("program", "publish"), ""),
    ):
        ended = installation.run(*arguments)
        assert ended.returncode != 0
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr
    assert installation.run("program", "show", "--json").stdout == before
