"""Loads as the tests of the bench need them."""

from __future__ import annotations

from bench.load import Load


def make_load(
    per_second: float, *, client_us: float = 1.0, server_us: float = 1.0, p99_ms: float | None = None
) -> Load:
    """What a run came to."""
    return Load(1_000, per_second, client_us, server_us, p99_ms, p99_ms)
