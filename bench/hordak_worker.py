"""The process in which django-hordak awards points: its own API, sixteen threads with a connection each.

Orders come as one line of JSON on standard input, the result goes as one to standard output; then it waits until
standard input is closed, so that its sessions in the database can be looked at.
"""

from __future__ import annotations

import importlib
import json
import random
import sys
import threading
import time
from typing import Any

_MEMBERS = 500


def main() -> None:
    """Carry out the orders."""
    orders = json.loads(sys.stdin.readline())
    _import("django.conf").settings.configure(
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "mptt",
            "djmoney",
            "hordak",
        ],
        DATABASES={
            "default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None} | orders["database"],
        },
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        DEFAULT_CURRENCY="JPY",
        CURRENCIES=["JPY"],
        HORDAK_INTERNAL_CURRENCY="JPY",
        HORDAK_CURRENCIES=["JPY"],
    )
    _import("django").setup()
    if orders["command"] == "prepare":
        _prepare()
        _tell({})
    else:
        _run(orders["callers"], orders["seconds"])


def _tell(result: dict[str, float]) -> None:
    print(json.dumps(result), flush=True)
    sys.stdin.read()


def _import(name: str) -> Any:
    """A module of the peer, which is seldom installed and may be loaded only once Django is set up."""
    return importlib.import_module(name)


def _prepare() -> None:
    account, kind = _import("hordak.models").Account, _import("hordak.models").AccountType
    _import("django.core.management").call_command("migrate", verbosity=0)
    account.objects.create(name="issued", code="1", type=kind.expense, currencies=["JPY"])
    members = account.objects.create(name="members", code="2", type=kind.liability, currencies=["JPY"])
    for number in range(_MEMBERS):
        account.objects.create(name=f"member {number}", code=f"{number:04}", parent=members, currencies=["JPY"])


def _run(callers: int, seconds: int) -> None:
    database, money, account = _import("django.db"), _import("djmoney.money").Money, _import("hordak.models").Account
    issued = account.objects.get(name="issued")
    members = list(account.objects.filter(parent__name="members"))
    answered = [0] * callers
    barrier = threading.Barrier(callers + 1)
    told = threading.Event()

    def award(caller: int) -> None:
        database.connection.ensure_connection()
        barrier.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            with database.transaction.atomic():
                random.choice(members).transfer_to(issued, money(random.randint(1, 40), "JPY"))
            answered[caller] += 1
        barrier.wait()
        told.wait()
        database.connection.close()

    threads = [threading.Thread(target=award, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began, used = time.perf_counter(), time.process_time()
    barrier.wait()
    _tell(
        {
            "answered": sum(answered),
            "elapsed": time.perf_counter() - began,
            "used": time.process_time() - used,
        }
    )
    told.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
