"""The operating-system user that PostgreSQL runs as. PostgreSQL refuses to be root, so root steps down for it.

Invariant: a cluster is always run by the user that owns its files.
"""

from __future__ import annotations

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from enishi.kit.database.refusals import FolderNotWritable, StartupRefusal

_PREFERRED = ("enishi", "nobody")


@dataclass(frozen=True, slots=True)
class Account:
    """A user to step down to: numeric ``uid`` and ``gid``, and the ``name`` for messages."""

    uid: int
    gid: int
    name: str


def choose_account(home: Path) -> Account | None:
    """The user to run the server of the cluster below ``home`` as; None for the present one.

    Root steps down to the user that owns an existing cluster, else to a user ``enishi`` if the operator made one, else
    to ``nobody``. Refuses when the cluster belongs to somebody else than us, or to root.
    """
    owner = home.stat().st_uid if home.exists() else None
    if os.geteuid() != 0:
        if owner is not None and owner != os.geteuid():
            raise FolderNotWritable(home, f"it belongs to user {_name(owner)}")
        return None
    if owner:
        # The group need not be the one in the user database: what counts is that the files are the user's.
        return Account(owner, home.stat().st_gid, _name(owner))
    for name in _PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid, name)
    raise StartupRefusal(
        "PostgreSQL can not run as root and this machine has neither a user enishi nor a user nobody",
        "create one with `useradd --system enishi` or start Enishi as an ordinary user",
    )


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
