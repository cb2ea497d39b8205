"""Settings: every mistake ends in one sentence that says what to do."""

from __future__ import annotations

import base64
import stat
from pathlib import Path

import pytest

from enishi.kit.settings import SettingsError, WalletSettings, load_settings, open_keyring

KEY = base64.b64encode(bytes(range(32))).decode()


def test_the_environment_wins_over_what_the_command_chose(tmp_path):
    settings = load_settings(
        data_dir=tmp_path, environ={"ENISHI_DATA_DIR": str(tmp_path / "other"), "ENISHI_MASTER_KEY": KEY}
    )
    assert (settings.data_dir, settings.port, settings.master_key) == (tmp_path / "other", 8480, bytes(range(32)))


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"ENISHI_PORT": "http"}, "port"),
        ({"ENISHI_PORT": "70000"}, "port"),
        ({"ENISHI_LOG_LEVEL": "loud"}, "ENISHI_LOG_LEVEL"),
        ({"ENISHI_CARD_PREFIX": "4111"}, "ENISHI_CARD_PREFIX"),
        ({"ENISHI_MASTER_KEY": "secret"}, "ENISHI_MASTER_KEY"),
        ({"ENISHI_MASTER_KEY": base64.b64encode(bytes(31)).decode()}, "32 random bytes"),
    ],
)
def test_a_setting_that_can_not_be_used_is_named(tmp_path, environ, words):
    with pytest.raises(SettingsError, match=words):
        load_settings(data_dir=tmp_path, environ=environ)


def test_wallet_keys_are_named_by_their_files(tmp_path):
    environ = {
        "ENISHI_WALLET_ORGANISATION": "縁マート",
        "ENISHI_WALLET_APPLE_CERTIFICATE": "/run/pass.pem",
        "ENISHI_WALLET_APPLE_KEY": "/run/pass.key",
        "ENISHI_WALLET_APPLE_KEY_PASSWORD": "open",
        "ENISHI_WALLET_APPLE_INTERMEDIATE": "/run/wwdr.cer",
        "ENISHI_WALLET_GOOGLE_KEY": "/run/google.json",
        "ENISHI_WALLET_GOOGLE_CLASS": "3388.member",
    }
    assert load_settings(data_dir=tmp_path, environ=environ).wallet == WalletSettings(
        organisation="縁マート",
        apple_certificate=Path("/run/pass.pem"),
        apple_key=Path("/run/pass.key"),
        apple_key_password="open",
        apple_intermediate=Path("/run/wwdr.cer"),
        google_key=Path("/run/google.json"),
        google_class="3388.member",
    )
    assert load_settings(data_dir=tmp_path, environ={}).wallet == WalletSettings()


def test_the_demo_generates_a_key_once_and_keeps_it_to_its_owner(tmp_path):
    settings = load_settings(data_dir=tmp_path / "new", environ={})
    first, path = open_keyring(settings, may_generate=True)
    again, generated = open_keyring(settings, may_generate=True)
    assert path == tmp_path / "new" / "master.key"
    assert generated is None
    assert first.check_value == again.check_value
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_outside_the_demo_a_missing_key_is_refused_and_none_is_made(tmp_path):
    settings = load_settings(data_dir=tmp_path, environ={})
    with pytest.raises(SettingsError, match="openssl rand -base64 32"):
        open_keyring(settings, may_generate=False)
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_key_file_is_refused(tmp_path):
    (tmp_path / "master.key").write_text("garbage")
    with pytest.raises(SettingsError, match=r"master\.key"):
        open_keyring(load_settings(data_dir=tmp_path, environ={}), may_generate=True)
