"""Apple Wallet: a pass is a zip of what it shows, pictures, words, a list of digests, and a signature over the list."""

from __future__ import annotations

import io
import zipfile
from hashlib import sha1
from typing import Any

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options, PKCS7SignatureBuilder

from enishi.wallet.icons import pass_pictures
from enishi.wallet.model import AppleSigner, MemberPass

APPLE_MEDIA_TYPE = "application/vnd.apple.pkpass"

_WORDS = {
    "ja": {
        "CARD": "会員カード",
        "HOLDER": "お名前",
        "NUMBER": "会員番号",
        "POINTS": "ポイント",
        "POINTS_TEXT": "残高と有効期限は、マイページまたは店頭でご確認ください。",
        "LOST": "カードをなくしたとき",
        "LOST_TEXT": "マイページまたは店頭で再発行できます。"
        "古いカードは再発行と同時に使えなくなり、ポイントはそのまま残ります。",
        "TEST": "試験用",
        "TEST_TEXT": "試験用の証明書で署名されています。"
        "Appleの証明書ではないため、実機のウォレットには追加できません。",
    },
    "en": {
        "CARD": "Member card",
        "HOLDER": "Name",
        "NUMBER": "Member number",
        "POINTS": "Points",
        "POINTS_TEXT": "See My page or ask in the shop for your balance and its expiry.",
        "LOST": "If you lose your card",
        "LOST_TEXT": "Replace it on My page or in the shop. The old card stops working at once, and your points stay.",
        "TEST": "Test",
        "TEST_TEXT": "Signed with a test certificate. It is not Apple's, so a real phone does not add this card.",
    },
}


def build_apple_pass(one: MemberPass, signer: AppleSigner) -> bytes:
    """The pass as a ``.pkpass`` file, signed."""
    files = {
        "pass.json": msgspec.json.encode(_describe(one, signer)),
        **pass_pictures(),
        **{f"{language}.lproj/pass.strings": _strings(words) for language, words in _WORDS.items()},
    }
    # The format asks for SHA-1 here; what keeps the list from being forged is the signature below.
    digests = {name: sha1(data, usedforsecurity=False).hexdigest() for name, data in files.items()}
    manifest = msgspec.json.encode(digests)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (*files.items(), ("manifest.json", manifest), ("signature", _sign(manifest, signer))):
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _describe(one: MemberPass, signer: AppleSigner) -> dict[str, Any]:
    codes = [
        {"format": code, "message": one.number, "messageEncoding": "iso-8859-1", "altText": one.number}
        for code in ("PKBarcodeFormatQR", "PKBarcodeFormatCode128")
    ]
    test = [_field("test", "TEST", "TEST_TEXT")] if one.is_test else []
    return {
        "formatVersion": 1,
        "passTypeIdentifier": signer.pass_type_id,
        "teamIdentifier": signer.team_id,
        "serialNumber": one.serial,
        "organizationName": one.organisation,
        "description": "CARD",
        "logoText": one.organisation,
        "backgroundColor": "rgb(27, 65, 112)",
        "foregroundColor": "rgb(255, 255, 255)",
        "labelColor": "rgb(214, 224, 236)",
        "sharingProhibited": True,
        "voided": one.voided,
        "barcodes": codes,
        "storeCard": {
            "headerFields": [{"key": "state", "value": "TEST"}] if one.is_test else [],
            "primaryFields": [_field("holder", "HOLDER", one.holder)],
            "secondaryFields": [_field("number", "NUMBER", one.number)],
            "backFields": [*test, _field("points", "POINTS", "POINTS_TEXT"), _field("lost", "LOST", "LOST_TEXT")],
        },
    }


def _field(key: str, label: str, value: str) -> dict[str, str]:
    return {"key": key, "label": label, "value": value}


def _strings(words: dict[str, str]) -> bytes:
    """A strings file. The words are ours and hold neither quotes nor backslashes."""
    return "".join(f'"{name}" = "{text}";\n' for name, text in words.items()).encode()


def _sign(manifest: bytes, signer: AppleSigner) -> bytes:
    """The detached PKCS #7 signature, with the time of signing and both certificates."""
    return (
        PKCS7SignatureBuilder()
        .set_data(manifest)
        .add_signer(signer.certificate, signer.key, SHA256())
        .add_certificate(signer.intermediate)
        .sign(Encoding.DER, [PKCS7Options.DetachedSignature, PKCS7Options.Binary])
    )
