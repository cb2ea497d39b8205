"""What the bench can be asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from bench.__main__ import NAMES, main

CHECKOUT = Path(__file__).resolve().parents[2]


def test_an_unknown_measurement_is_refused_with_the_list_of_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["award.batcher_7"])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert "there is no measurement award.batcher_7" in told
    assert all(name in told for name in NAMES)


def test_the_reference_describes_every_measurement() -> None:
    page = (CHECKOUT / "docs" / "reference" / "bench.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`{name}`" not in page] == []
