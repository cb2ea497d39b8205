"""The process in which django-hordak awards points: its own API, sixteen threads with a connection each.

Orders come as JSON on standard input, the result goes as JSON to standard output.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from typing import Any

import django
from django.conf import settings

_MEMBERS = 500


def main() -> None:
    """Carry out the orders."""
    orders = json.load(sys.stdin)
    settings.configure(
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
    django.setup()
    if orders["command"] == "prepare":
        _prepare()
    else:
        json.dump(_run(orders["callers"], orders["seconds"]), sys.stdout)


def _prepare() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - only once Django is set up
    from hordak.models import Account, AccountType  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Account.objects.create(name="issued", code="1", type=AccountType.expense, currencies=["JPY"])
    members = Account.objects.create(name="members", code="2", type=AccountType.liability, currencies=["JPY"])
    for number in range(_MEMBERS):
        Account.objects.create(name=f"member {number}", code=f"{number:04}", parent=members, currencies=["JPY"])


def _run(callers: int, seconds: int) -> dict[str, float]:
    from django.db import connection, transaction  # noqa: PLC0415 - only once Django is set up
    from djmoney.money import Money  # noqa: PLC0415
    from hordak.models import Account  # noqa: PLC0415

    issued: Any = Account.objects.get(name="issued")
    members: list[Any] = list(Account.objects.filter(parent__name="members"))
    answered = [0] * callers
    barrier = threading.Barrier(callers + 1)

    def award(caller: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            with transaction.atomic():
                random.choice(members).transfer_to(issued, Money(random.randint(1, 40), "JPY"))
            answered[caller] += 1
        connection.close()

    threads = [threading.Thread(target=award, args=(caller,)) for caller in range(callers)]
    for thread in threads:
        thread.start()
    barrier.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return {"answered": sum(answered), "elapsed": time.perf_counter() - began}


if __name__ == "__main__":
    main()
