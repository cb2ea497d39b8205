"""Google Wallet: a link whose signed token (JWT, RS256) holds the card that the phone saves."""

from __future__ import annotations

import base64
from datetime import datetime

import msgspec
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from enishi.wallet.model import GoogleIssuer, MemberPass

_SAVE = "https://pay.google.com/gp/v/save/"


def build_save_link(one: MemberPass, issuer: GoogleIssuer, now: datetime) -> str:
    """The address at which Google saves the card to the visitor's wallet."""
    header = {"alg": "RS256", "typ": "JWT", "kid": issuer.key_id}
    claims = {
        "iss": issuer.account,
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(now.timestamp()),
        "payload": {
            "loyaltyObjects": [
                {
                    "id": f"{issuer.issuer_id}.{one.serial}",
                    "classId": issuer.class_id,
                    "state": "INACTIVE" if one.voided else "ACTIVE",
                    "accountId": one.number,
                    "accountName": one.holder,
                    "barcode": {"type": "QR_CODE", "value": one.number, "alternateText": one.number},
                }
            ]
        },
    }
    signed = f"{_encode(header)}.{_encode(claims)}"
    signature = issuer.key.sign(signed.encode("ascii"), PKCS1v15(), SHA256())
    return f"{_SAVE}{signed}.{_base64url(signature)}"


def _encode(part: object) -> str:
    return _base64url(msgspec.json.encode(part))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")
