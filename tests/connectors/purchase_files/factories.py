"""Files as chains export them, written for a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

HEADER = ("store", "date", "receipt", "card", "sku", "qty", "price")


def write_csv(path: Path, rows: Iterable[Sequence[object]], header: Sequence[str] = HEADER, **how: str) -> Path:
    """Write rows as plainly as an export does: no quotation marks. ``how``: encoding, newline."""
    newline = how.get("newline", "\n")
    lines = [",".join(map(str, row)) for row in (header, *rows)]
    path.write_bytes((newline.join(lines) + newline).encode(how.get("encoding", "utf-8")))
    return path


def receipt_rows(number: int, *, lines: int = 2, card: str = "2900000000018", price: int = 100) -> list[list[object]]:
    """The rows of one receipt of 1 April 2026: ``lines`` goods at ``price`` yen each."""
    return [["001", "2026-04-01 12:00", f"R{number}", card, f"SKU{line}", 1, price] for line in range(1, lines + 1)]
