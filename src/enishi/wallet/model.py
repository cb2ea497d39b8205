"""What a pass shows, and with what it is signed."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.x509 import Certificate
from msgspec import Struct

from enishi.kit.errors import NotFound


class WalletNotOffered(NotFound):
    """There is no certificate or key for the wallet that was asked for."""

    code = "wallet-not-offered"
    title = "Wallet not offered"


class MemberPass(Struct, frozen=True):
    """A member card as a wallet shows it. ``serial`` names the card and never another; ``voided``: it has ended.

    It shows no points: a file on a phone can not follow them, and a number that is no longer true helps nobody.
    """

    serial: str
    number: str
    holder: str
    organisation: str
    voided: bool = False
    is_test: bool = False


class AppleSigner(Struct, frozen=True):
    """The certificate of a Pass Type ID with its key, and the certificate that issued it."""

    certificate: Certificate
    key: RSAPrivateKey
    intermediate: Certificate
    pass_type_id: str
    team_id: str


class GoogleIssuer(Struct, frozen=True):
    """A service account with its key, and the loyalty class under which cards are saved."""

    account: str
    key_id: str
    key: RSAPrivateKey
    class_id: str

    @property
    def issuer_id(self) -> str:
        """The issuer's number, with which every ID of Google Wallet begins."""
        return self.class_id.partition(".")[0]
