"""Certificates and keys that the demo makes for itself in its data folder. No phone trusts them, and it says so."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from enishi.kit.settings import WalletSettings

DEMO_FOLDER = "wallet-demo"
DEMO_ORGANISATION = "縁マート（デモ）"
_CLASS = "0000000000000000000.demo"
_PASS_TYPE = "pass.invalid.enishi.demo"  # noqa: S105 - a name, no secret
_YEARS = timedelta(days=3650)
_RSA_BITS = 2048
_RSA_EXPONENT = 65_537


def demo_settings(data_dir: Path) -> WalletSettings:
    """Settings that name the demo's own files, which are made when they are missing."""
    folder = data_dir / DEMO_FOLDER
    if not folder.is_dir():
        _make(folder)
    return WalletSettings(
        organisation=DEMO_ORGANISATION,
        apple_certificate=folder / "apple-certificate.pem",
        apple_key=folder / "apple-key.pem",
        apple_intermediate=folder / "apple-intermediate.pem",
        google_key=folder / "google-key.json",
        google_class=_CLASS,
    )


def _make(folder: Path) -> None:
    """Write all files, so that the folder is there whole or not at all."""
    fresh = folder.with_suffix(f".{os.getpid()}")
    fresh.mkdir(parents=True, mode=0o700)
    root_key, middle_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    leaf_key = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
    google_key = rsa.generate_private_key(_RSA_EXPONENT, _RSA_BITS)
    root_name = _name("Enishi Demo Test Root (not Apple)")
    middle_name = _name("Enishi Demo Test Intermediate (not Apple)")
    leaf_name = _name("Enishi Demo Pass", (NameOID.USER_ID, _PASS_TYPE), (NameOID.ORGANIZATIONAL_UNIT_NAME, "DEMO"))
    root = _certify(root_name, root_key.public_key(), root_name, root_key, path_length=1)
    middle = _certify(middle_name, middle_key.public_key(), root_name, root_key, path_length=0)
    leaf = _certify(leaf_name, leaf_key.public_key(), middle_name, middle_key, path_length=None)
    google = {
        "client_email": "demo@enishi.invalid",
        "private_key_id": "demo",
        "private_key": _pem(google_key).decode("ascii"),
    }
    for name, data in (
        ("apple-root.pem", root.public_bytes(Encoding.PEM)),
        ("apple-intermediate.pem", middle.public_bytes(Encoding.PEM)),
        ("apple-certificate.pem", leaf.public_bytes(Encoding.PEM)),
        ("apple-key.pem", _pem(leaf_key)),
        ("google-key.json", msgspec.json.encode(google)),
    ):
        (fresh / name).write_bytes(data)
    try:
        fresh.rename(folder)
    except OSError:
        # Another process of this demo was faster; its files are as good.
        shutil.rmtree(fresh)


def _name(common: str, *further: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    parts = (*further, (NameOID.COMMON_NAME, common), (NameOID.ORGANIZATION_NAME, "Enishi Demo"))
    return x509.Name([x509.NameAttribute(oid, value) for oid, value in parts])


def _certify(
    subject: x509.Name,
    key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
    issuer: x509.Name,
    issuer_key: CertificateIssuerPrivateKeyTypes,
    *,
    path_length: int | None,
) -> x509.Certificate:
    """A certificate; ``path_length`` None makes it one that issues none."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(ca=path_length is not None, path_length=path_length), critical=True)
        .sign(issuer_key, SHA256())
    )


def _pem(key: rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
