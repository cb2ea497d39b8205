"""Importing with the real command: killed, repeated, and beside a serving Enishi."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from tests.e2e.installation import Installation, wait_until

RECEIPTS = 6_000


def write_receipts(path: Path, count: int = RECEIPTS) -> Path:
    """A till's export in Shift_JIS: receipts of two lines by 50 members; every hundredth lacks a price."""
    lines = ["店舗コード,購入日,時刻,レシート番号,会員番号,商品コード,数量,単価"]
    for number in range(count):
        prices = ("", "") if number % 100 == 99 else ("110", "220")
        lines += [
            f"001,2026/04/{number % 28 + 1:02d},12:00,R{number},29{number % 50:05d},品{line},1,{price}"
            for line, price in enumerate(prices)
        ]
    path.write_bytes("\r\n".join(lines).encode("cp932"))
    return path


def run_import(installation: Installation, path: Path, *options: str) -> dict[str, Any]:
    """Import to the end and give the report. Exit code 1 says that receipts were refused."""
    ended = installation.run(
        *("import", "purchases", path, "--json", "--rejects", path.with_suffix(".rejects.csv"), *options)
    )
    assert ended.stdout, ended.stderr
    report: dict[str, Any] = json.loads(ended.stdout)["report"]
    assert ended.returncode == (1 if report["refused"] else 0)
    return report


def test_an_import_killed_at_any_moment_records_each_receipt_once(installation: Installation, tmp_path: Path) -> None:
    path = write_receipts(tmp_path / "sales.csv")
    rejects = path.with_suffix(".rejects.csv")
    for pause in (0.0, 0.1, 0.3):
        importing = installation.start(*("import", "purchases", str(path), "--batch", "50", "--rejects", str(rejects)))
        wait_until(lambda importing=importing: "Recording receipts" in importing.words, 60, "the import begins")
        time.sleep(pause)
        assert importing.process.poll() is None, "it is killed while it works"
        importing.kill()
        installation.wait_for_no_process(60)
    report = run_import(installation, path, "--batch", "50")
    refused = RECEIPTS // 100
    assert report["recorded"] + report["repeated"] == RECEIPTS - refused
    assert report["refused"] == refused
    assert len(rejects.read_text("utf-8-sig").splitlines()) == 1 + 2 * refused
    proven = installation.verify()
    assert proven["verified"]["purchases"] == RECEIPTS - refused
    # Each receipt is ¥330 with tax, ¥300 without: 3 points.
    assert proven["verified"]["ledger"]["issued"] == 3 * (RECEIPTS - refused)


def test_an_import_runs_beside_a_serving_enishi(installation: Installation, tmp_path: Path) -> None:
    serving = installation.serve()
    path = write_receipts(tmp_path / "sales.csv", 90)
    dry = run_import(installation, path, "--dry-run")
    assert (dry["recorded"], dry["refused"]) == (90, 0)
    done = run_import(installation, path)
    assert (done["recorded"], done["refused"], done["points_earned"]) == (90, 0, 270)
    again = run_import(installation, path)
    assert (again["recorded"], again["repeated"]) == (0, 90)
    assert serving.is_ready()
    assert serving.stop() == 0


def test_refusals_are_shown_with_their_remedy_and_the_file_to_correct(
    installation: Installation, tmp_path: Path
) -> None:
    path = write_receipts(tmp_path / "sales.csv", 100)
    ended = installation.run("import", "purchases", path, "--rejects", tmp_path / "rejects.csv", COLUMNS="200")
    assert ended.returncode == 1
    assert "no-price" in ended.stdout
    assert "Fill one of them in." in ended.stdout
    assert str(tmp_path / "rejects.csv") in ended.stdout


def test_a_file_that_is_no_table_ends_in_one_sentence(installation: Installation, tmp_path: Path) -> None:
    junk = tmp_path / "photo.jpg"
    junk.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(1_000))
    ended = installation.run("import", "purchases", junk)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-2:] == [
        "Error: The file holds binary data, and is neither Parquet nor Excel.",
        "→ Export it as CSV, Parquet or Excel (.xlsx).",
    ]
