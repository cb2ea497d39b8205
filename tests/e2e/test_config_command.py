"""Configuration goes from one installation to another as a file."""

from __future__ import annotations

import json
from pathlib import Path

from tests.e2e.installation import Installation


def test_a_configuration_is_exported_changed_compared_and_applied(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "enishi.yaml"
    assert installation.run("config", "export", "--to", str(file)).returncode == 0
    assert json.loads((tmp_path / "enishi-configuration.schema.json").read_text("utf-8"))["title"]
    assert installation.run("config", "diff", str(file)).stdout == "Nothing would change.\n"

    file.write_text(file.read_text("utf-8").replace("unit_yen: 100\n", "unit_yen: 200\n"), "utf-8")
    compared = installation.run("config", "diff", str(file))
    assert "earning.unit_yen: 100 → 200" in compared.stdout
    assert "--accept program.rate-cut" in compared.stderr
    apply = ("config", "apply", str(file), "--reason", "試験環境で確認済み", "--yes")
    refused = installation.run(*apply)
    assert refused.returncode == 1
    assert "The rate would fall from 1 % to 0.5 %." in refused.stderr
    done = installation.run(*apply, "--accept", "program.rate-cut")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Applied: programme version 2.")

    file.write_text("format: 1\nprogramm: {}\n", "utf-8")
    unknown = installation.run("config", "validate", str(file))
    assert unknown.returncode == 1
    assert "There is no such field." in unknown.stderr
    assert "Traceback" not in unknown.stderr
