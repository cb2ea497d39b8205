"""The rejects file: every refused row as it was, with the reason and what to do, ready to be corrected and imported.

Invariant: what is in the file up to ``length_bytes`` belongs to receipts whose outcome is settled; a run that goes on
after a kill cuts off the rest and writes it again.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from enishi.connectors.purchase_files.model import Reject, Row
from enishi.connectors.purchase_files.values import text_of
from enishi.kit.payment_cards import holds_card_number

REASON_COLUMNS: Final = ("_row", "_code", "_detail", "_remedy")
_FORMULA_SIGNS: Final = ("=", "+", "-", "@", "\t", "\r")
_WITHHELD: Final = "(withheld: a payment card number)"


class RejectsFile:
    """Opened when the first row is refused. ``length_bytes`` None begins it anew, else it goes on behind so many."""

    def __init__(self, path: Path, header: Sequence[str], length_bytes: int | None = None) -> None:
        self._path = path
        self._header = header
        self._kept_bytes = length_bytes
        self._descriptor: int | None = None
        self.length_bytes = length_bytes or 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    @staticmethod
    def can_continue(path: Path, length_bytes: int) -> bool:
        """Whether a rejects file of an earlier run is still there, so that the run can go on with it."""
        return length_bytes == 0 or (path.is_file() and path.stat().st_size >= length_bytes)

    def write(self, refused: Sequence[tuple[Reject, Sequence[Row]]]) -> None:
        """Add rows; they are on disk when this returns."""
        if not refused:
            return
        text = io.StringIO()
        writer = csv.writer(text)
        if self.length_bytes == 0:
            # Spreadsheets take a CSV for UTF-8 only when it begins so.
            text.write("\ufeff")
            writer.writerow([*REASON_COLUMNS, *self._header])
        for reject, rows in refused:
            for row in rows:
                detail = reject.detail
                if reject.row is not None and reject.row != row.number:
                    detail = f"Row {reject.row} of the same receipt: {detail}"
                writer.writerow(
                    [row.number, reject.code, detail, reject.remedy, *(_shown(text_of(cell)) for cell in row.cells)]
                )
        data = text.getvalue().encode("utf-8", "backslashreplace")
        descriptor = self._open()
        written = 0
        while written < len(data):
            written += os.write(descriptor, data[written:])
        os.fsync(descriptor)
        self.length_bytes += len(data)

    def _open(self) -> int:
        if self._descriptor is None:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            os.ftruncate(self._descriptor, self._kept_bytes or 0)
            os.lseek(self._descriptor, 0, os.SEEK_END)
        return self._descriptor


def _shown(text: str) -> str:
    """A cell as it may stand in a file that a spreadsheet opens: no card number, and nothing that runs as a formula."""
    if holds_card_number(text):
        return _WITHHELD
    if text.startswith(_FORMULA_SIGNS) and not text[1:].replace(".", "").replace("-", "").isdigit():
        return f"'{text}"
    return text
