"""Print what pricing costs: ``python tests/program/time_price.py``. Not a test: machines differ."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from timeit import repeat

import msgspec

from enishi.program import ProgramVersion, default_settings, price
from enishi.purchases import Channel, Line, Purchase

AT = datetime(2026, 3, 1, tzinfo=UTC)
RUNS = 20_000


def main() -> None:
    version = ProgramVersion(
        version=1, effective_at=AT, published_at=AT, author="owner", reason="opening", settings=default_settings()
    )
    for lines, points_used in ((1, 0), (10, 0), (1, 200), (10, 200)):
        purchase = Purchase(
            source="pos",
            external_id="r-1",
            channel=Channel.POS,
            store="S01",
            occurred_at=AT,
            lines=tuple(
                Line(sku=f"sku-{n}", quantity=2, unit_price_yen=198 + n, tax_rate_percent=8 if n % 3 else 10)
                for n in range(lines)
            ),
        )
        seconds = min(repeat(lambda p=purchase, u=points_used: price(p, version, u), number=RUNS, repeat=5)) / RUNS
        size = len(msgspec.json.encode(price(purchase, version, points_used)[0].basis))
        sys.stdout.write(
            f"{lines:>3} lines, {points_used:>3} points used: {seconds * 1e6:6.2f} µs, basis {size} bytes\n"
        )


if __name__ == "__main__":
    main()
