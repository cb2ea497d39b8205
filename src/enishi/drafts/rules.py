"""What makes content fit to be saved, what differs between two revisions, and how documents are told apart. Pure."""

from __future__ import annotations

import hashlib

import msgspec

from enishi.configuration import Configuration
from enishi.drafts.model import MAX_DOCUMENT_BYTES, MAX_REASON, MAX_TITLE, Content, InvalidDraft
from enishi.kit.calendar import require_in_calendar
from enishi.kit.differences import Difference, difference


def encode_document(document: Configuration) -> bytes:
    """The document as it is kept. Raises ``InvalidDraft`` where it is empty, too long or holds a NUL."""
    encoded = msgspec.json.encode(document)
    if document.program is None and document.ladder is None and document.campaigns is None:
        raise InvalidDraft(
            "The draft holds neither programme nor ladder nor campaigns.",
            field="document",
            remedy="Choose at least one part to change.",
        )
    if len(encoded) > MAX_DOCUMENT_BYTES:
        raise InvalidDraft(
            f"The document has {len(encoded):,} bytes.",
            field="document",
            remedy=f"Use at most {MAX_DOCUMENT_BYTES:,} bytes; split it into several drafts.",
        )
    if b"\\u0000" in encoded:
        raise InvalidDraft("The document holds a NUL character.", field="document", remedy="Take it out.")
    return encoded


def hash_document(document: Configuration) -> bytes:
    """SHA-256 of the document with its fields in order."""
    return hashlib.sha256(msgspec.json.encode(document, order="sorted")).digest()


def check_content(content: Content) -> None:
    """Raise ``InvalidDraft`` or ``InvalidRequest`` unless it can be saved. Whether it can be applied is asked later."""
    _check_text("title", content.title, MAX_TITLE)
    if content.effective_at is not None:
        require_in_calendar(content.effective_at, "effective_at")
    encode_document(content.document)


def check_reason(reason: str) -> None:
    """Raise ``InvalidDraft`` where nothing, or a novel, is said."""
    _check_text("reason", reason, MAX_REASON)


def _check_text(field: str, text: str, longest: int) -> None:
    if not text.strip() or len(text) > longest or "\x00" in text:
        raise InvalidDraft(
            f"The {field} is empty, longer than {longest} characters, or holds a NUL.",
            field=field,
            remedy=f"Write 1 to {longest} characters.",
        )


def compare(before: Content, after: Content) -> tuple[Difference, ...]:
    """Everything that an edit changes: title, time, and each field of the document."""
    return difference(before, after)
