"""Looking at a file before anything of it is used: which format it has, how its text is written, what its digest is.

Invariant: a file that is no table is refused here, whole, before a single row of it is taken.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from enishi.connectors.purchase_files.columns import FileOptions
from enishi.connectors.purchase_files.headers import FIELD_OF_HEADER, fold
from enishi.connectors.purchase_files.model import FileFacts, FileFormat, UnreadableFile

_BLOCK_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 1 << 16
_MAX_UNPACKED_BYTES: Final = 2 << 30
"""A workbook that unpacks to more is a bomb: Excel's own limit of a million rows stays far below."""
_MOST_BAD_BYTES: Final = 0.01
_DELIMITERS: Final = (",", "\t", ";", "|")
_ZIP: Final = b"PK\x03\x04"
_OLD_EXCEL: Final = b"\xd0\xcf\x11\xe0"
_PARQUET: Final = b"PAR1"
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ESCAPED_BYTE: Final = re.compile("[\udc80-\udcff]")


def examine(path: Path, options: FileOptions, file_format: FileFormat | None = None) -> FileFacts:
    """The facts of a file; what ``options`` and ``file_format`` say goes before what it looks like.

    Refuses with ``UnreadableFile`` what is missing, empty, damaged or no table at all.
    """
    try:
        head, digest, size, is_utf_8 = _read_through(path)
    except OSError as error:
        raise UnreadableFile(
            f"{path} can not be read: {error.strerror or error}.", remedy="Check the name and the rights of the file."
        ) from error
    if not head.strip():
        raise UnreadableFile(f"{path} is empty.", remedy="Export it again.")
    found = file_format or _format_of(head)
    if found is FileFormat.XLSX:
        _refuse_bomb(path, head)
    if found is not FileFormat.CSV:
        return FileFacts(path, found, size, digest)
    encoding, bad_bytes = (
        (options.encoding, True) if options.encoding else _encoding_of(path, head, size, is_utf_8=is_utf_8)
    )
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise UnreadableFile(
            f"There is no encoding {encoding}.", remedy="Use utf-8, cp932, utf-16 or euc-jp."
        ) from error
    text = head.decode(encoding, "replace").lstrip("\ufeff")
    return FileFacts(path, found, size, digest, encoding, options.delimiter or _delimiter_of(text), bad_bytes)


def _read_through(path: Path) -> tuple[bytes, bytes, int, bool]:
    """The head of the file, its SHA-256, its size, and whether all of it is UTF-8."""
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    head, size, is_utf_8 = b"", 0, True
    for block in _blocks(path):
        head = head or block[:_HEAD_BYTES]
        digest.update(block)
        size += len(block)
        if is_utf_8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf_8 = False
    if is_utf_8:
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            is_utf_8 = False
    return head, digest.digest(), size, is_utf_8


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _format_of(head: bytes) -> FileFormat:
    if head.startswith(_PARQUET):
        return FileFormat.PARQUET
    if head.startswith((_ZIP, _OLD_EXCEL)):
        return FileFormat.XLSX
    if b"\x00" in head and not head.startswith(_UTF_16):
        raise UnreadableFile(
            "The file holds binary data, and is neither Parquet nor Excel.",
            remedy="Export it as CSV, Parquet or Excel (.xlsx).",
        )
    return FileFormat.CSV


def _encoding_of(path: Path, head: bytes, size: int, *, is_utf_8: bool) -> tuple[str, bool]:
    """UTF-8 if the text is that, else whichever of it and Shift_JIS fits better; and whether bytes are left over."""
    if head.startswith(_UTF_16):
        return "utf-16", True
    if is_utf_8:
        return "utf-8-sig", False
    bad = {encoding: _count_bad_bytes(path, encoding) for encoding in ("cp932", "utf-8-sig")}
    best = min(bad, key=lambda encoding: bad[encoding])
    if bad[best] > size * _MOST_BAD_BYTES:
        raise UnreadableFile(
            "The text is written neither in UTF-8 nor in Shift_JIS.",
            remedy="Export it in one of them, or name its encoding in a mapping: [file] encoding = …",
        )
    return best, bad[best] > 0


def _count_bad_bytes(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("surrogateescape")
    return sum(len(_ESCAPED_BYTE.findall(decoder.decode(block))) for block in _blocks(path))


def _delimiter_of(text: str) -> str:
    """What parts the columns of the first line: that which yields the most headers we know, then the most columns."""
    line = next((line for line in text.splitlines() if line.strip()), "")

    def yields(delimiter: str) -> tuple[int, int]:
        names = [name.strip().strip('"') for name in line.split(delimiter)]
        return sum(fold(name) in FIELD_OF_HEADER for name in names), len(names)

    return max(_DELIMITERS, key=yields)


def _refuse_bomb(path: Path, head: bytes) -> None:
    if not head.startswith(_ZIP):
        return
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnreadableFile("The workbook is damaged.", remedy="Open it in Excel and save it again.") from error
    if unpacked > _MAX_UNPACKED_BYTES:
        raise UnreadableFile(
            "The workbook unpacks to more than 2 GB.", remedy="Export it as CSV or Parquet, which have no such limit."
        )
