"""A running app over a fresh database, browsers that talk to it, and a clock that tests set."""

from __future__ import annotations

import re
import warnings
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from argon2 import PasswordHasher
from tests.flows.factories import MASTER_KEY, NOW

from enishi import access, messaging
from enishi.access import passwords
from enishi.flows import PurchaseContext
from enishi.kit.database import open_pool
from enishi.kit.settings import Settings
from enishi.kit.vault import Keyring
from enishi.web import create_app

with warnings.catch_warnings():
    # Starlette asks for a successor of httpx that is not among the dependencies; what it offers is the same.
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import httpx

PASSWORD = "correct horse battery"


class Clock:
    """The app's clock; it moves only when a test moves it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **duration: float) -> None:
        self.now += timedelta(**duration)


class Browser:
    """One browser: it keeps its cookies and sends the header that our pages send."""

    def __init__(self, app: Any, address: str = "192.0.2.1") -> None:
        self.client = TestClient(
            app, base_url="http://enishi.test", client=(address, 50000), raise_server_exceptions=False
        )
        self.headers = {"x-enishi-request": "1", "accept-language": "ja"}

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.client.get(path, headers=self.headers | headers, follow_redirects=False)

    def post(self, path: str, body: Any, **headers: str) -> httpx.Response:
        return self.client.post(path, json=body, headers=self.headers | headers)

    def delete(self, path: str) -> httpx.Response:
        return self.client.delete(path, headers=self.headers)

    def log_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        return self.post("/api/session", {"login": login, "password": password})


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def make_app(database, clock, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Make the app over the test's database; ``demo`` as the demo command would."""
    pools = []

    def make(*, demo: bool = False, connections: int = 4) -> Any:
        pool = open_pool(database.app_dsn, 1, connections)
        pools.append(pool)
        settings = Settings(data_dir=tmp_path, demo=demo)
        return create_app(pool, PurchaseContext(Keyring(MASTER_KEY)), settings, clock=clock)

    yield make
    for pool in pools:
        pool.close()


@pytest.fixture
def app(make_app) -> Any:
    return make_app()


@pytest.fixture
def browser(app) -> Browser:
    return Browser(app)


@pytest.fixture
def hire(conn: psycopg.Connection) -> Callable[..., access.Operator]:
    """Make an operator who holds one role, for some stores or all."""

    def make(login: str, role: str, stores: list[str] | None = None) -> access.Operator:
        operator = access.create_operator(conn, login, PASSWORD, display_name=login, roles={role: stores}, now=NOW)
        conn.commit()
        return operator

    return make


@pytest.fixture
def signed_in(app, hire) -> Callable[..., Browser]:
    """A browser in which an operator of this role is signed in."""

    def make(role: str, stores: list[str] | None = None) -> Browser:
        hire(f"the-{role}", role, stores)
        browser = Browser(app)
        assert browser.log_in(f"the-{role}").status_code == 200
        return browser

    return make


@pytest.fixture
def newest_code(conn):
    """The code in the newest message."""

    def read() -> str:
        conn.rollback()
        (message,) = messaging.list_recent(conn, Keyring(MASTER_KEY), limit=1)
        found = re.search(r"\d{6}", message.body)
        assert found is not None
        return found[0]

    return read


@pytest.fixture
def member(app, newest_code):
    """A browser in which a member is signed in."""

    def sign_in(contact: str) -> Browser:
        browser = Browser(app)
        assert ask(browser, contact).status_code == 202
        assert enter(browser, contact, newest_code()).status_code == 200
        return browser

    return sign_in


def ask(browser, contact):
    return browser.post("/api/my/codes", {"value": contact})


def enter(browser, contact, code):
    return browser.post("/api/my/session", {"value": contact, "code": code})


def problem_of(response: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which must be a problem document."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    document = response.json()
    assert document["status"] == response.status_code
    return response.status_code, document["code"]


@pytest.fixture(autouse=True)
def _quick_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash passwords with little work: these tests are not about how hard guessing is."""
    monkeypatch.setattr("enishi.access.passwords._hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._hash_of_nobody.cache_clear()
