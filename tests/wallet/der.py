"""Reading a detached PKCS #7 signature as a phone does: what was signed, by whom, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import Certificate

_MESSAGE_DIGEST = bytes.fromhex("06092a864886f70d010904")
_SIGNING_TIME = bytes.fromhex("06092a864886f70d010905")
_SET = b"\x31"


def _read(data: bytes, at: int) -> tuple[int, bytes, bytes, int]:
    """Tag, content, whole element and the place after it."""
    length, start = data[at + 1], at + 2
    if length & 0x80:
        start += length & 0x7F
        length = int.from_bytes(data[at + 2 : start], "big")
    return data[at], data[start : start + length], data[at : start + length], start + length


def _children(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    at = 0
    while at < len(data):
        tag, content, whole, at = _read(data, at)
        yield tag, content, whole


def check_detached_signature(signature: bytes, signed: bytes, signer: Certificate) -> None:
    """Raise unless ``signature`` is the signer's own over ``signed``, detached, with the time of signing."""
    (_, content_info, _) = next(_children(signature))
    (_, (_, explicit, _)) = _children(content_info)
    (_, signed_data, _) = next(_children(explicit))
    parts = [*_children(signed_data)]
    encapsulated = [*_children(parts[2][1])]
    assert len(encapsulated) == 1, "the signed data is inside, not detached"
    (_, signer_info, _) = next(_children(parts[-1][1]))
    fields = [*_children(signer_info)]
    attributes = next(whole for tag, _, whole in fields if tag == 0xA0)
    found = [content for _, content, _ in _children(next(content for tag, content, _ in fields if tag == 0xA0))]
    digest = next(one for one in found if one.startswith(_MESSAGE_DIGEST))
    assert digest.endswith(sha256(signed).digest())
    assert any(one.startswith(_SIGNING_TIME) for one in found)
    value = [content for tag, content, _ in fields if tag == 0x04][-1]
    # What is signed is the attributes as a SET; inside the message they carry another tag.
    signer.public_key().verify(value, _SET + attributes[1:], PKCS1v15(), SHA256())
