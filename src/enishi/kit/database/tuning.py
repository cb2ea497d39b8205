"""The server settings Enishi runs PostgreSQL with, derived from the machine; rewritten at every start.

Durability is never traded here: the only server without it is the one of the tests, which asks for that by name.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

_MB: Final = 1024 * 1024
_GB: Final = 1024 * _MB
_SMALL_SHARED_MEMORY_BYTES: Final = 256 * _MB


def memory_bytes() -> int:
    """The memory this process may use: the machine's, or the container's limit when that is smaller."""
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii").strip()
    except OSError:
        return machine
    return min(machine, int(limit)) if limit.isdigit() else machine


def server_settings(*, cluster: Path, sockets: Path, port: int, durable: bool) -> dict[str, str]:
    """Name and value of each setting, for a cluster at this place, as ``postgresql.conf`` spells them."""
    memory = memory_bytes()
    disk = shutil.disk_usage(cluster)
    # A quarter of what is free now, so that WAL between two checkpoints can not fill a small disk.
    wal = max(128 * _MB, min(8 * _GB, disk.free // 4))
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "shared_buffers": f"{max(32 * _MB, min(4 * _GB, memory // 4)) // _MB}MB",
        "effective_cache_size": f"{max(64 * _MB, memory // 2) // _MB}MB",
        "maintenance_work_mem": f"{max(32 * _MB, min(512 * _MB, memory // 32)) // _MB}MB",
        "work_mem": "16MB",
        "random_page_cost": "1.1",
        "jit": "off",
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "wal_compression": "off",
        "max_wal_size": f"{wal // _MB}MB",
        "min_wal_size": f"{max(64 * _MB, min(1 * _GB, wal // 8)) // _MB}MB",
        "checkpoint_timeout": "30min",
        "autovacuum": "on",
        "track_io_timing": "off",
        "idle_in_transaction_session_timeout": "60s",
        "TimeZone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_min_messages": "warning",
        # Statements and the details of errors carry personal data, which has no place in a log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
    }
    if _shared_memory_is_small():
        settings["dynamic_shared_memory_type"] = "mmap"
    if not durable:
        settings |= {
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "shared_buffers": "128MB",
            "max_wal_size": "1GB",
            "autovacuum": "off",
        }
    return settings


def _shared_memory_is_small() -> bool:
    """Containers come with 64 MB of it, too little for a parallel query."""
    try:
        return shutil.disk_usage("/dev/shm").total < _SMALL_SHARED_MEMORY_BYTES  # noqa: S108 - looked at, not written
    except OSError:
        return False


def render_settings(settings: dict[str, str]) -> str:
    """The settings as a file that ``postgresql.conf`` includes."""
    lines = ["# Written by Enishi at every start. Settings of your own belong at the end of postgresql.conf."]
    for name, value in settings.items():
        quoted = value.replace("'", "''")
        lines.append(f"{name} = '{quoted}'")
    return "\n".join(lines) + "\n"
