"""The wallets that an installation offers: those for which it has keys; in the demo both, with keys of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from enishi.kit.settings import Settings, WalletSettings
from enishi.wallet.apple import build_apple_pass
from enishi.wallet.demo import DEMO_ORGANISATION, demo_settings
from enishi.wallet.google import build_save_link
from enishi.wallet.keys import load_apple_signer, load_google_issuer
from enishi.wallet.model import AppleSigner, GoogleIssuer, MemberPass, WalletNotOffered

_Keys = tuple[AppleSigner | None, GoogleIssuer | None]


class Wallet:
    """Makes passes. ``is_test``: the keys are the demo's own, which no phone trusts."""

    def __init__(self, organisation: str, *, is_test: bool, keys: Callable[[], _Keys]) -> None:
        self.organisation = organisation
        self.is_test = is_test
        self._make_keys = keys
        self._keys: _Keys | None = None
        self._lock = threading.Lock()

    @property
    def _signers(self) -> _Keys:
        with self._lock:
            if self._keys is None:
                self._keys = self._make_keys()
            return self._keys

    def offers_apple(self, now: datetime) -> bool:
        """Whether there is a certificate for Apple Wallet that is valid now."""
        if self.is_test:
            return True
        signer = self._signers[0]
        return signer is not None and signer.certificate.not_valid_after_utc > now

    @property
    def offers_google(self) -> bool:
        """Whether there is a key for Google Wallet."""
        return self.is_test or self._signers[1] is not None

    def card(self, serial: str, number: str, holder: str, *, voided: bool) -> MemberPass:
        """A card as this installation's passes show it."""
        return MemberPass(serial, number, holder, self.organisation, voided, self.is_test)

    def apple_pass(self, one: MemberPass, now: datetime) -> bytes:
        """The card as a ``.pkpass`` file. Raises ``WalletNotOffered``."""
        signer = self._signers[0]
        if signer is None or not self.offers_apple(now):
            raise _not_offered("Apple")
        return build_apple_pass(one, signer)

    def google_link(self, one: MemberPass, now: datetime) -> str:
        """The link that saves the card to Google Wallet. Raises ``WalletNotOffered``."""
        issuer = self._signers[1]
        if issuer is None:
            raise _not_offered("Google")
        return build_save_link(one, issuer, now)


def open_wallet(settings: Settings) -> Wallet:
    """The wallets of an installation. Raises ``SettingsError`` for keys that are named and can not be used.

    The demo makes its keys when the first pass is asked for, unless real ones are configured.
    """
    own = settings.wallet
    keys = _load(own)
    if settings.demo and keys == (None, None):
        return Wallet(DEMO_ORGANISATION, is_test=True, keys=lambda: _load(demo_settings(settings.data_dir)))
    return Wallet(own.organisation, is_test=False, keys=lambda: keys)


def _load(settings: WalletSettings) -> _Keys:
    return load_apple_signer(settings), load_google_issuer(settings)


def _not_offered(whose: str) -> WalletNotOffered:
    return WalletNotOffered(
        f"This installation offers no {whose} Wallet.", remedy="Show the card on My page; it scans all the same."
    )
