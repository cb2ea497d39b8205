"""What runs between fork and exec of a PostgreSQL program: leave root, be bound to the parent's life, become it.

Runs as a script of its own, ``python -I -S launch.py UID GID PARENT PROGRAM ARGUMENT...``, because the parent has
threads and so must not run Python between fork and exec. ``UID`` of -1 keeps the user. On Linux the program receives
SIGINT (PostgreSQL's fast shutdown) the moment its parent is gone, even if that was killed with SIGKILL.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_PARENT_GONE = 75  # EX_TEMPFAIL of sysexits.h


def main(arguments: list[str]) -> None:
    """Replace this process by the program; returns only by exception."""
    uid, gid, parent = (int(argument) for argument in arguments[:3])
    program = arguments[3:]
    # A group and session of its own: Ctrl-C in the terminal reaches Enishi, which stops the server in its own order.
    os.setsid()
    os.umask(0o077)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if sys.platform == "linux":
        # After the change of user, since that clears the setting.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGINT, 0, 0, 0)
    if os.getppid() != parent:
        # The parent died before the line above took hold, so no signal will ever come.
        sys.exit(_PARENT_GONE)
    os.execv(program[0], program)  # noqa: S606 - no shell, and the arguments are our own


if __name__ == "__main__":
    main(sys.argv[1:])
