"""What the bench prints, and how it compares."""

from __future__ import annotations

import json

import pytest
from bench.figures import Figure, ratio_of_rounds, render_json, render_text
from bench.rounds import Lane, compare, take_turns
from bench.sameness import Alike
from bench.stages import name_statement
from tests.bench.factories import make_load


def test_a_figure_is_one_json_object_with_its_five_fields() -> None:
    line = render_json(Figure("award.batcher_256", 12_345.678, "receipts/s", "peer.pgbench_award", 3.14159))
    assert json.loads(line) == {
        "name": "award.batcher_256",
        "value": 12_350.0,
        "unit": "receipts/s",
        "against": "peer.pgbench_award",
        "ratio": 3.142,
    }
    assert "\n" not in line


def test_a_figure_compared_with_nothing_says_so_with_nulls() -> None:
    assert json.loads(render_json(Figure("peer.scan", 1.0, "entries/s"))) == {
        "name": "peer.scan",
        "value": 1.0,
        "unit": "entries/s",
        "against": None,
        "ratio": None,
    }
    assert render_text(Figure("peer.scan", 1.0, "entries/s")).split() == ["peer.scan", "1", "entries/s"]


def test_the_ratio_is_the_median_of_the_rounds_and_not_of_the_rates() -> None:
    # The machine was twice as fast in the third round; each round by itself says 2, 3 and 4.
    assert ratio_of_rounds([200.0, 300.0, 800.0], [100.0, 100.0, 200.0]) == 3.0


def test_rounds_turn_their_order_and_begin_with_a_run_that_does_not_count() -> None:
    ran: list[tuple[str, int]] = []

    def lane(name: str, per_second: float) -> Lane:
        def run(seconds: int) -> object:
            ran.append((name, seconds))
            return make_load(per_second)

        return Lane(name, run)  # type: ignore[arg-type]

    turns = take_turns([lane("a", 10.0), lane("b", 20.0)], rounds=2, seconds=5)
    assert ran == [("a", 2), ("b", 2), ("a", 5), ("b", 5), ("b", 5), ("a", 5)]
    assert {name: len(loads) for name, loads in turns.items()} == {"a": 2, "b": 2}


def test_a_lane_is_told_by_rate_latency_and_cpu() -> None:
    product = [make_load(300.0, client_us=50.0, server_us=30.0, p99_ms=25.0)]
    peer = [make_load(100.0, client_us=10.0, server_us=150.0)]
    assert list(compare("award.x", product, "peer.y", peer)) == [
        Figure("award.x", 300.0, "receipts/s", "peer.y", 3.0),
        Figure("award.x.p99", 25.0, "ms", "100 ms", 0.25),
        Figure("award.x.cpu", 80.0, "µs/receipt", "peer.y.cpu", 0.5),
    ]


@pytest.mark.parametrize(
    ("product", "peer", "holds"),
    [(100.0, 110.0, True), (100.0, 112.0, False), (5.0, 7.0, True), (5.0, 7.1, False), (0.0, 3.0, False)],
)
def test_columns_are_alike_within_a_tenth_or_two_bytes(product: float, peer: float, holds: bool) -> None:
    assert Alike("purchases.purchases", "lines", product, peer).holds is holds


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("insert into ledger.journal (a) select 1", "insert ledger.journal"),
        ("\n  update ledger.accounts as account set seq = 1", "update ledger.accounts"),
        ("select 1 from unnest(%s::text[]) as w join purchases.purchases using (a)", "select purchases.purchases"),
        ("set local work_mem = '1GB'", "set"),
    ],
)
def test_a_statement_is_named_by_its_verb_and_table(statement: str, name: str) -> None:
    assert name_statement(statement) == name
