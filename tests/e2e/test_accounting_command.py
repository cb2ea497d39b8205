"""The books from the command line: settings, close, tables and files."""

from __future__ import annotations

import base64
import csv
import io
import json
from datetime import datetime
from pathlib import Path

import psycopg
import pytest
from tests.e2e.installation import Installation
from tests.flows.factories import JST, card, make_purchase

from enishi import flows
from enishi.flows import PurchaseContext
from enishi.kit.database import open_database
from enishi.kit.vault import Keyring

CARD = card("2900000000017")


def day(month: int, on: int) -> datetime:
    return datetime(2024, month, on, 12, tzinfo=JST)


@pytest.fixture
def sold(installation: Installation) -> Installation:
    """¥110,000 with tax in April 2024, 1,000 points, of which 450 are used at another store; ¥11,000 more in May."""
    keyring = Keyring(base64.b64decode((installation.data_dir / "master.key").read_bytes()))
    receipts = [
        make_purchase(110_000, identifiers=CARD, occurred_at=day(4, 10), store="S1"),
        make_purchase(450, identifiers=CARD, occurred_at=day(4, 20), store="S2", points_to_use=450),
        make_purchase(11_000, identifiers=CARD, occurred_at=day(5, 10), store="S1"),
    ]
    with open_database(installation.data_dir, environ={}) as database, psycopg.connect(database.app_dsn) as conn:
        for receipt in receipts:
            (outcome,) = flows.record_purchases(conn, PurchaseContext(keyring), [receipt], day(6, 1))
            assert isinstance(outcome, flows.RecordedPurchase), outcome
    return installation


def run(installation: Installation, *arguments: str) -> str:
    ended = installation.run("accounting", *arguments)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_settings_are_published_and_months_closed_and_exported(sold: Installation, tmp_path: Path) -> None:
    assert run(sold, "settings", "show", "--json") == "[]\n"
    published = json.loads(run(sold, "settings", "publish", "--from", "2024-04", "--reason", "Opening", "--json"))
    file = tmp_path / "settings.json"
    file.write_text(json.dumps(published["settings"] | {"settlement_yen_per_point": "0.9"}), "utf-8")
    run(sold, "settings", "publish", str(file), "--from", "2024-05", "--reason", "Agreed with the franchisees")

    draft = json.loads(run(sold, "movement", "--month", "2024-04", "--json"))
    assert (draft["closed_at"], draft["kpis"]["points_outstanding"]) == (None, 550)
    april, may = json.loads(run(sold, "close", "--month", "2024-05", "--through", "--json"))
    assert (april["month"], april["replayed"], may["month"]) == ("2024-04-01", False, "2024-05-01")
    assert april["kpis"]["points_used"] == 450
    (again,) = json.loads(run(sold, "close", "--month", "2024-04", "--json"))
    assert again == april | {"replayed": True}

    (pair,) = json.loads(run(sold, "settle", "--month", "2024-04", "--json"))["pairs"]
    assert (pair["debtor"], pair["creditor"], pair["debtor_yen"]) == ("S1", "S2", 450)
    assert "contract liability" in run(sold, "liability")
    assert run(sold, "settings", "show").index("Version 2") < run(sold, "settings", "show").index("Version 1")

    journal = tmp_path / "journal.csv"
    run(sold, "export", "--month", "2024-04", "--output", str(journal))
    rows = list(csv.reader(io.StringIO(journal.read_text("utf-8-sig"))))[1:]
    assert sum(int(row[4] or 0) for row in rows) == sum(int(row[5] or 0) for row in rows) > 0
    assert ["2024-04-30", "2310", "店舗間未払金", "S1", "", "450"] in [row[:6] for row in rows]

    then = json.loads(run(sold, "as-of", "2024-06-01T12:00:00", "--json"))
    assert (then["balance"], then["accounts"]) == (650, 1)


def test_what_can_not_be_closed_is_refused_with_a_sentence(sold: Installation) -> None:
    for arguments, words in (
        (("close", "--month", "2024-04"), "No settings of the books are published"),
        (("close", "--month", "April"), "is no month"),
        (("export", "--month", "2024-04"), "2024-04 is not closed"),
        (("settings", "publish", "absent.json", "--from", "2024-04", "--reason", "x"), "can not be read"),
    ):
        ended = sold.run("accounting", *arguments)
        assert ended.returncode != 0
        assert words in ended.stderr
        assert "Traceback" not in ended.stderr
    assert json.loads(run(sold, "settings", "show", "--json")) == []
