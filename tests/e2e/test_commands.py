"""The commands of daily work, run as an operator runs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.installation import Installation

from enishi import access


def test_keys_are_made_listed_and_revoked_beside_a_serving_enishi(installation: Installation) -> None:
    serving = installation.serve()
    made = installation.run("keys", "create", "POS 渋谷", "--scope", "purchases:write", "--store", "001", "--json")
    assert made.returncode == 0, made.stderr
    key = json.loads(made.stdout)
    assert key["key"].startswith(f"enk_{key['key_id']}_")
    assert (key["scopes"], key["stores"]) == (["purchases:write"], ["001"])
    listed = json.loads(installation.run("keys", "list", "--json").stdout)
    assert (listed[0]["key_id"], listed[0]["name"]) == (key["key_id"], "POS 渋谷")
    assert key["key"] not in json.dumps(listed)
    assert installation.run("keys", "revoke", key["key_id"]).returncode == 0
    listed = json.loads(installation.run("keys", "list", "--json").stdout)
    assert listed[0]["revoked_at"] is not None
    again = installation.run("keys", "revoke", key["key_id"])
    assert (again.returncode, again.stderr.splitlines()[0]) == (
        1,
        f"Error: There is no key {key['key_id']} that still works.",
    )
    assert serving.stop() == 0


def test_an_unknown_scope_is_refused_with_those_there_are(installation: Installation) -> None:
    ended = installation.run("keys", "create", "till", "--scope", "everything")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "Error: scopes: There is no scope everything.",
        f"→ Choose from {', '.join(access.ApiScope)}.",
    ]


def test_an_operator_is_made_with_a_password_that_is_no_argument(installation: Installation) -> None:
    ended = installation.run(
        *("operators", "create", "hanako", "--role", "owner", "--name", "縁 花子", "--json"),
        ENISHI_OPERATOR_PASSWORD="correct horse battery",
    )
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["login"] == "hanako"
    weak = installation.run("operators", "create", "taro", "--role", "owner", ENISHI_OPERATOR_PASSWORD="short")
    assert weak.returncode == 1
    assert "12" in weak.stderr
    silent = installation.run("operators", "create", "taro", "--role", "owner")
    assert silent.returncode == 2
    assert "ENISHI_OPERATOR_PASSWORD" in silent.stderr


def test_migrating_a_current_database_does_nothing(installation: Installation) -> None:
    ended = installation.run("migrate", "--json")
    assert (ended.returncode, json.loads(ended.stdout)) == (0, {"applied": []})


def test_the_doctor_finds_a_made_installation_fit(installation: Installation) -> None:
    ended = installation.run("doctor", "--json")
    checks = {one["check"]: one for one in json.loads(ended.stdout)["checks"]}
    for name in ("program", "postgresql", "data folder", "database"):
        assert checks[name]["state"] in {"ok", "warning"}, checks[name]
    assert checks["database"]["detail"].endswith("schema and master key fit")
    assert installation.processes() == []


def test_the_doctor_names_what_is_wrong_and_goes_on(installation: Installation) -> None:
    (installation.data_dir / "master.key").unlink()
    ended = installation.run("doctor", "--json")
    assert ended.returncode == 1
    [failed] = [one for one in json.loads(ended.stdout)["checks"] if one["check"] == "database"]
    assert failed["state"] == "failed"
    assert "ENISHI_MASTER_KEY" in failed["detail"]


def test_commands_do_not_make_a_database_where_none_is(tmp_path: Path) -> None:
    nowhere = Installation(tmp_path / "nowhere", "")
    for command in (("verify",), ("keys", "list"), ("import", "purchases", __file__)):
        ended = nowhere.run(*command)
        assert ended.returncode == 1
        assert ended.stderr.splitlines()[0] == f"Error: There is no Enishi database in {nowhere.data_dir}."
    assert not nowhere.data_dir.exists()


def test_verify_lists_what_was_tampered_with(installation: Installation) -> None:
    serving = installation.serve()
    status, answer = installation.post(
        "/v1/purchases",
        {
            "source": "till-1",
            "external_id": "R1",
            "channel": "pos",
            "store": "001",
            "occurred_at": "2026-04-01T12:00:00+09:00",
            "identifiers": [{"kind": "card", "value": "2900001"}],
            "lines": [{"sku": "A", "quantity": 1, "unit_price_yen": 1_100}],
        },
    )
    assert status == 201
    with installation.connect("enishi_owner") as owner:
        owner.execute("alter table ledger.accounts disable trigger user")
        owner.execute("update ledger.accounts set balance = balance + 5")
    ended = installation.run("verify", "--json")
    assert ended.returncode == 1
    [difference] = json.loads(ended.stdout)["verified"]["ledger"]["differences"]
    assert difference["customer_id"] == answer["customer_id"]
    assert serving.stop() == 0
