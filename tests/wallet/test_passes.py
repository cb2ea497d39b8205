"""Passes as a phone judges them: the signature, the list of digests, the words, and the token's signature."""

from __future__ import annotations

import base64
import io
import json
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from cryptography.x509 import load_pem_x509_certificate
from tests.wallet.der import check_detached_signature

from enishi.kit.settings import Settings, SettingsError, WalletSettings
from enishi.wallet import MemberPass, WalletNotOffered, build_apple_pass, build_save_link, open_wallet
from enishi.wallet.demo import DEMO_FOLDER, demo_settings
from enishi.wallet.icons import draw_mark
from enishi.wallet.keys import load_apple_signer, load_google_issuer

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
CARD = MemberPass("5f0e7c2a91d3b64e8a07", "2804715093627", "縁 花子", "縁マート")
DEAD = MemberPass("c41be07a2f5d9368e1b4", "2900000000015", "縁 花子", "縁マート", voided=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo's certificates."""
    data_dir = tmp_path_factory.mktemp("data")
    demo_settings(data_dir)
    return data_dir


@pytest.fixture(scope="module")
def settings(folder: Path) -> WalletSettings:
    return demo_settings(folder)


def unpack(packed: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def files(settings: WalletSettings) -> dict[str, bytes]:
    signer = load_apple_signer(settings)
    assert signer is not None
    return unpack(build_apple_pass(CARD, signer))


def test_the_signature_over_the_manifest_is_the_certificates_own(files, settings):
    signer = load_apple_signer(settings)
    check_detached_signature(files["signature"], files["manifest.json"], signer.certificate)
    with pytest.raises((AssertionError, InvalidSignature)):
        check_detached_signature(files["signature"], files["manifest.json"] + b" ", signer.certificate)


def test_the_chain_leads_from_the_pass_to_the_root(files, folder):
    held = {one.public_bytes(Encoding.DER) for one in pkcs7.load_der_pkcs7_certificates(files["signature"])}
    leaf, middle, root = (
        load_pem_x509_certificate((folder / DEMO_FOLDER / f"apple-{name}.pem").read_bytes())
        for name in ("certificate", "intermediate", "root")
    )
    assert held == {leaf.public_bytes(Encoding.DER), middle.public_bytes(Encoding.DER)}
    leaf.verify_directly_issued_by(middle)
    middle.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)


def test_the_manifest_lists_every_other_file_with_its_digest(files):
    listed = json.loads(files["manifest.json"])
    assert listed == {
        name: sha1(data, usedforsecurity=False).hexdigest()
        for name, data in files.items()
        if name not in {"manifest.json", "signature"}
    }
    assert set(listed) == {
        "pass.json",
        *(f"{name}{scale}.png" for name in ("icon", "logo") for scale in ("", "@2x", "@3x")),
        "ja.lproj/pass.strings",
        "en.lproj/pass.strings",
    }


def test_a_pass_is_a_store_card_with_qr_and_code_128(files):
    described = json.loads(files["pass.json"])
    assert described["serialNumber"] == CARD.serial
    assert (described["passTypeIdentifier"], described["teamIdentifier"]) == ("pass.invalid.enishi.demo", "DEMO")
    assert (described["formatVersion"], described["voided"], described["organizationName"]) == (1, False, "縁マート")
    assert [(code["format"], code["message"]) for code in described["barcodes"]] == [
        ("PKBarcodeFormatQR", "2804715093627"),
        ("PKBarcodeFormatCode128", "2804715093627"),
    ]
    assert described["storeCard"]["primaryFields"] == [{"key": "holder", "label": "HOLDER", "value": "縁 花子"}]


def test_every_word_of_a_pass_is_there_in_both_languages(files):
    described = files["pass.json"].decode()
    words = {
        language: dict(
            line.strip('";').split('" = "') for line in files[f"{language}.lproj/pass.strings"].decode().splitlines()
        )
        for language in ("ja", "en")
    }
    assert words["ja"].keys() == words["en"].keys()
    for name in ("CARD", "HOLDER", "NUMBER", "POINTS", "POINTS_TEXT", "LOST", "LOST_TEXT"):
        assert f'"{name}"' in described
        assert words["ja"][name] != words["en"][name]


def test_the_pass_of_a_dead_card_is_void_and_that_of_the_demo_says_test(settings):
    signer, issuer = load_apple_signer(settings), load_google_issuer(settings)
    dead = json.loads(unpack(build_apple_pass(DEAD, signer))["pass.json"])
    assert (dead["voided"], dead["serialNumber"]) == (True, DEAD.serial)
    token = build_save_link(DEAD, issuer, NOW)
    assert payload_of(token)["payload"]["loyaltyObjects"][0]["state"] == "INACTIVE"
    test = json.loads(unpack(build_apple_pass(MemberPass("1", "2", "", "", is_test=True), signer))["pass.json"])
    assert test["storeCard"]["headerFields"] == [{"key": "state", "value": "TEST"}]
    assert test["storeCard"]["backFields"][0] == {"key": "test", "label": "TEST", "value": "TEST_TEXT"}


def decode(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def payload_of(link: str) -> dict[str, object]:
    return json.loads(decode(link.rpartition("/")[2].split(".")[1]))


def test_the_token_for_google_is_signed_by_the_service_account(settings):
    issuer = load_google_issuer(settings)
    link = build_save_link(CARD, issuer, NOW)
    assert link.startswith("https://pay.google.com/gp/v/save/")
    header, claims, signature = link.rpartition("/")[2].split(".")
    issuer.key.public_key().verify(decode(signature), f"{header}.{claims}".encode(), PKCS1v15(), SHA256())
    assert json.loads(decode(header)) == {"alg": "RS256", "typ": "JWT", "kid": "demo"}
    assert json.loads(decode(claims)) == {
        "iss": "demo@enishi.invalid",
        "aud": "google",
        "typ": "savetowallet",
        "iat": int(NOW.timestamp()),
        "payload": {
            "loyaltyObjects": [
                {
                    "id": f"0000000000000000000.{CARD.serial}",
                    "classId": "0000000000000000000.demo",
                    "state": "ACTIVE",
                    "accountId": "2804715093627",
                    "accountName": "縁 花子",
                    "barcode": {"type": "QR_CODE", "value": "2804715093627", "alternateText": "2804715093627"},
                }
            ]
        },
    }
    assert len(link) < 1_800  # Google cuts longer links off.


def test_the_mark_is_a_png_of_the_size_asked_for():
    picture = draw_mark(58)
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    assert struct.unpack(">IIBB", picture[16:26]) == (58, 58, 8, 2)
    length = struct.unpack(">I", picture[33:37])[0]
    rows = zlib.decompress(picture[41 : 41 + length])
    assert len(rows) == 58 * (1 + 3 * 58)
    assert rows[1:4] == bytes((0x1B, 0x41, 0x70))
    assert bytes((255, 255, 255)) in rows


class TestOffering:
    def test_nothing_is_offered_without_keys(self, tmp_path):
        wallet = open_wallet(Settings(data_dir=tmp_path))
        assert (wallet.offers_apple(NOW), wallet.offers_google, wallet.is_test) == (False, False, False)
        card = wallet.card("1", "2", "3", voided=False)
        with pytest.raises(WalletNotOffered):
            wallet.apple_pass(card, NOW)
        with pytest.raises(WalletNotOffered):
            wallet.google_link(card, NOW)
        assert list(tmp_path.iterdir()) == []

    def test_the_demo_offers_both_with_test_keys_made_when_first_needed_and_kept(self, tmp_path):
        settings = Settings(data_dir=tmp_path, demo=True)
        wallet = open_wallet(settings)
        assert (wallet.offers_apple(NOW), wallet.offers_google, wallet.is_test) == (True, True, True)
        assert list(tmp_path.iterdir()) == []
        card = wallet.card("1", "2", "3", voided=False)
        assert card.is_test
        first = json.loads(unpack(wallet.apple_pass(card, NOW))["pass.json"])
        key = (tmp_path / DEMO_FOLDER / "apple-key.pem").read_bytes()
        open_wallet(settings).google_link(card, NOW)
        assert (tmp_path / DEMO_FOLDER / "apple-key.pem").read_bytes() == key
        assert first["organizationName"] == "縁マート（デモ）"
        assert (tmp_path / DEMO_FOLDER).stat().st_mode & 0o077 == 0

    def test_a_certificate_that_has_run_out_is_no_longer_offered(self, settings, tmp_path):
        wallet = open_wallet(Settings(data_dir=tmp_path, wallet=settings))
        assert (wallet.is_test, wallet.offers_apple(NOW)) == (False, True)
        late = datetime.now(UTC) + timedelta(days=3_651)
        assert not wallet.offers_apple(late)
        with pytest.raises(WalletNotOffered):
            wallet.apple_pass(CARD, late)

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"apple_key": None}, "needs all of"),
            ({"apple_key": Path("/nowhere/key.pem")}, "can not be read"),
            ({"apple_certificate": "apple-key.pem"}, "not a certificate"),
            ({"apple_certificate": "apple-root.pem"}, "not the key of"),
            ({"apple_intermediate": "apple-root.pem"}, "did not issue"),
            ({"apple_key": "google-key.json"}, "can not be opened"),
            ({"google_class": ""}, "needs ENISHI_WALLET_GOOGLE_KEY"),
            ({"google_key": "apple-key.pem"}, "not the file of a service account"),
        ],
    )
    def test_keys_that_are_named_and_can_not_be_used_stop_the_start(self, folder, settings, change, message):
        named = {
            name: folder / DEMO_FOLDER / value if isinstance(value, str) and value else value
            for name, value in change.items()
        }
        values = {name: getattr(settings, name) for name in settings.__struct_fields__} | named
        with pytest.raises(SettingsError, match=message):
            open_wallet(Settings(data_dir=folder, wallet=WalletSettings(**values)))
