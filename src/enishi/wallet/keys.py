"""Reading certificates and keys from the files that the settings name."""

from __future__ import annotations

from pathlib import Path

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate
from cryptography.x509.oid import NameOID
from msgspec import Struct

from enishi.kit.settings import SettingsError, WalletSettings
from enishi.wallet.model import AppleSigner, GoogleIssuer


class _ServiceAccount(Struct, frozen=True):
    """What Google's file about a service account must hold."""

    client_email: str
    private_key_id: str
    private_key: str


def load_apple_signer(settings: WalletSettings) -> AppleSigner | None:
    """The signer that the settings name; None when they name none. Raises ``SettingsError``."""
    named = (settings.apple_certificate, settings.apple_key, settings.apple_intermediate)
    if not any(named):
        return None
    if settings.apple_certificate is None or settings.apple_key is None or settings.apple_intermediate is None:
        raise SettingsError(
            "Apple Wallet needs all of ENISHI_WALLET_APPLE_CERTIFICATE, ENISHI_WALLET_APPLE_KEY and "
            "ENISHI_WALLET_APPLE_INTERMEDIATE."
        )
    certificate = _read_certificate(settings.apple_certificate, "ENISHI_WALLET_APPLE_CERTIFICATE")
    key = _read_key(_read(settings.apple_key, "ENISHI_WALLET_APPLE_KEY"), settings.apple_key_password, "Apple")
    intermediate = _read_certificate(settings.apple_intermediate, "ENISHI_WALLET_APPLE_INTERMEDIATE")
    if certificate.public_key() != key.public_key():
        raise SettingsError("ENISHI_WALLET_APPLE_KEY is not the key of ENISHI_WALLET_APPLE_CERTIFICATE.")
    if certificate.issuer != intermediate.subject:
        raise SettingsError("ENISHI_WALLET_APPLE_INTERMEDIATE did not issue ENISHI_WALLET_APPLE_CERTIFICATE.")
    return AppleSigner(
        certificate,
        key,
        intermediate,
        _subject(certificate, NameOID.USER_ID, "a Pass Type ID (UID)"),
        _subject(certificate, NameOID.ORGANIZATIONAL_UNIT_NAME, "a team (OU)"),
    )


def load_google_issuer(settings: WalletSettings) -> GoogleIssuer | None:
    """The issuer that the settings name; None when they name none. Raises ``SettingsError``."""
    if settings.google_key is None and not settings.google_class:
        return None
    if settings.google_key is None or "." not in settings.google_class:
        raise SettingsError(
            "Google Wallet needs ENISHI_WALLET_GOOGLE_KEY, the file of a service account, and "
            "ENISHI_WALLET_GOOGLE_CLASS, a loyalty class such as 3388000000012345678.member."
        )
    try:
        account = msgspec.json.decode(_read(settings.google_key, "ENISHI_WALLET_GOOGLE_KEY"), type=_ServiceAccount)
    except msgspec.MsgspecError as error:
        raise SettingsError(f"ENISHI_WALLET_GOOGLE_KEY is not the file of a service account ({error}).") from error
    key = _read_key(account.private_key.encode(), None, "Google")
    return GoogleIssuer(account.client_email, account.private_key_id, key, settings.google_class)


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(f"{name} names a file that can not be read ({error}).") from error


def _read_certificate(path: Path, name: str) -> Certificate:
    data = _read(path, name)
    try:
        return load_pem_x509_certificate(data) if b"-----BEGIN" in data else load_der_x509_certificate(data)
    except ValueError as error:
        raise SettingsError(f"{name} is not a certificate in PEM or DER ({error}).") from error


def _read_key(pem: bytes, password: str | None, whose: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem, None if password is None else password.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise SettingsError(f"The key for {whose} Wallet can not be opened: wrong password, or no PEM.") from error
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError(f"The key for {whose} Wallet is not an RSA key.")
    return key


def _subject(certificate: Certificate, oid: object, what: str) -> str:
    for attribute in certificate.subject:
        if attribute.oid == oid and isinstance(attribute.value, str):
            return attribute.value
    raise SettingsError(f"ENISHI_WALLET_APPLE_CERTIFICATE does not name {what}: it is not one for passes.")
