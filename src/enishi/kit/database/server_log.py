"""The part of the server's log that one start wrote, to learn from it why that start failed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final, Self

from enishi.kit.database.folder import DataFolder, free_bytes, open_log
from enishi.kit.database.refusals import DiskFull, ServerFailed, StartupRefusal, refusal_in_log

if TYPE_CHECKING:
    from types import TracebackType

_WAL_SEGMENT_BYTES: Final = 16 * 1_048_576


class ServerLog:
    """The log from here on. A context manager around the start of a program, which writes to ``descriptor``."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self.descriptor = open_log(folder)
        self._begin = os.fstat(self.descriptor).st_size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def refusal(self, *, port: int, major: int) -> StartupRefusal:
        """What the words written since amount to."""
        with self._folder.log_file.open("rb") as file:
            file.seek(self._begin)
            words = file.read().decode("utf-8", "replace")
        root = self._folder.root
        refusal = refusal_in_log(words, folder=root, port=port, log_file=self._folder.log_file, major=major)
        if isinstance(refusal, ServerFailed) and (free := free_bytes(root)) < _WAL_SEGMENT_BYTES:
            # A full disk also swallows the words that would have said so.
            return DiskFull(root, free)
        return refusal
