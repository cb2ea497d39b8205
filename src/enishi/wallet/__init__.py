"""Member cards for the phone's own wallet: Apple Wallet passes and links that save a card to Google Wallet.

Invariant: what is built here follows from the card and the configured keys alone. Nothing is fetched and nothing is
sent: a pass is a signed file, a link carries a signed token, and the phone does the rest.
"""

from enishi.wallet.apple import APPLE_MEDIA_TYPE, build_apple_pass
from enishi.wallet.google import build_save_link
from enishi.wallet.model import AppleSigner, GoogleIssuer, MemberPass, WalletNotOffered
from enishi.wallet.service import Wallet, open_wallet

__all__ = [
    "APPLE_MEDIA_TYPE",
    "AppleSigner",
    "GoogleIssuer",
    "MemberPass",
    "Wallet",
    "WalletNotOffered",
    "build_apple_pass",
    "build_save_link",
    "open_wallet",
]
