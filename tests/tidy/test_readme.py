"""The first thing that people try is what the README says it is."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

import msgspec
from tests.tidy.tree import ROOT

from enishi import program
from enishi.access import DEMO_API_KEY
from enishi.connectors.completejourney import SHOWN_PHONE
from enishi.program import ProgramVersion
from enishi.purchases import Purchase, total_yen

README = (ROOT / "README.md").read_text(encoding="utf-8")
_NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def shown_call() -> str:
    found = re.search(r"```\n(curl .*?)\n```", README, re.DOTALL)
    assert found is not None
    return found[1]


def shown_purchase() -> Purchase:
    body = shown_call().partition(" -d '")[2].removesuffix("'").replace("'$(date -Iseconds)'", _NOW.isoformat())
    return msgspec.json.decode(body, type=Purchase)


def shown_answer() -> dict[str, object]:
    found = re.search(r"```json\n(.*?)\n```", README, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def test_the_key_and_the_phone_number_are_those_of_the_demo() -> None:
    """A first call that is refused is the last one."""
    assert f"Authorization: Bearer {DEMO_API_KEY}'" in shown_call()
    assert [one.value for one in shown_purchase().identifiers] == [SHOWN_PHONE]


def test_the_answer_is_what_the_programme_gives() -> None:
    """An answer that was written by hand is wrong after the next change of a sentence."""
    purchase = shown_purchase()
    version = ProgramVersion(
        version=1,
        effective_at=_NOW,
        published_at=_NOW,
        author="system",
        reason="-",
        settings=program.default_settings(),
    )
    (award,) = program.price(purchase, version, 0)
    points = shown_answer()["points"]
    assert isinstance(points, dict)
    assert shown_answer()["total_yen"] == total_yen(purchase)
    assert (points["earned"], points["used"]) == (award.points, purchase.points_to_use)
    assert [(one["kind"], one["points"], one["expires_on"], one["reason"]) for one in points["awards"]] == [
        (award.kind, award.points, award.expires_on.isoformat(), program.explain(award.basis, "en").sentence)
    ]


def test_the_commands_are_there_to_be_run() -> None:
    """Two commands are the whole of the set-up; they must be in the tree and executable."""
    for command in ("bin/demo", "bin/test"):
        assert f"\n{command} " in README
        assert (ROOT / command).stat().st_mode & 0o111
