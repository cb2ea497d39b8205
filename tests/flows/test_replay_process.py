"""A replay in a process of its own: what ends it is told, and it outlives nobody."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from enishi import accounting, program
from enishi.campaigns import NO_CAMPAIGNS
from enishi.flows.past_pages import Page
from enishi.flows.past_rules import PastRules, as_if_always
from enishi.flows.replay_outcome import Journey, arrive, set_out
from enishi.flows.replay_process import ReplayFailed, ReplayProcess, encode_page

NOW = datetime(2026, 11, 26, tzinfo=UTC)
NOTHING = Page([], {}, [], 0)


def journey() -> Journey:
    rules = PastRules(as_if_always(program.default_settings(), NOW), NO_CAMPAIGNS, ())
    return Journey(rules, NOW, NOW, [accounting.default_version()], frozenset())


def test_a_replay_elsewhere_comes_to_the_same() -> None:
    with ReplayProcess(journey()) as process:
        process.go_through(encode_page(NOTHING))
        assert process.arrive() == arrive(set_out(journey()))


def test_what_ends_a_replay_is_told_and_nothing_of_it_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    with ReplayProcess(journey()) as process:
        process.go_through(b'{"people": "Hanako Yamada"}')
        with pytest.raises(ReplayFailed):
            process.arrive()
    assert not process.is_alive
    assert "Yamada" not in capfd.readouterr().err


def test_it_ends_with_whoever_started_it() -> None:
    with pytest.raises(KeyError), ReplayProcess(journey()) as process:
        raise KeyError
    assert not process.is_alive
