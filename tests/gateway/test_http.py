"""The protocol: who is admitted, which methods and media a path takes, how much, and what every answer carries."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import psycopg
import pytest
from tests.gateway.client import Api, Till, assert_problem

from enishi import access
from enishi.gateway.http import BODY_LIMIT, choose_locale
from enishi.gateway.keys import KeyCache
from enishi.gateway.model import Unauthenticated
from enishi.gateway.purchases import BATCH_BODY_LIMIT
from enishi.gateway.routes import ROUTES

JSON = {"Content-Type": "application/json"}


class TestKeys:
    @pytest.mark.parametrize(
        "authorization",
        [
            None, "", "Bearer", "Bearer ", "Basic ZW5r", "enk_x_y", "Bearer enk_", "Bearer enk_unknown_" + "x" * 43,
            "Bearer enk_" + "x" * 5_000, "Bearer sk_live_1",
        ],
    )  # fmt: skip
    def test_without_a_key_that_is_known_nothing_is_answered(
        self, api: Api, till: Till, authorization: str | None
    ) -> None:
        before = till.contents()
        headers = {} if authorization is None else {"Authorization": authorization}
        answered = api.post("/v1/purchases", till.receipt(), key=None, headers=headers)
        assert_problem(answered, 401, "unauthenticated")
        assert answered.headers["www-authenticate"] == 'Bearer realm="enishi"'
        assert till.contents() == before

    @pytest.mark.parametrize("route", [route for route in ROUTES if route.scope is not None], ids=lambda one: one.path)
    def test_a_key_without_the_scope_is_refused_and_the_scope_named(
        self, api: Api, conn: psycopg.Connection, route: Any
    ) -> None:
        other = next(scope for scope in access.ApiScope if scope is not route.scope)
        with conn.transaction():
            _, secret = access.create_key(conn, "narrow", [other])
        path = route.path.replace("{customer_id}", "1").replace("{entry_id}", "1")
        answered = api.run(api.send(route.method, path, key=secret))
        document = assert_problem(answered, 403, "insufficient-scope")
        assert document["scope"] == route.scope
        assert f'error="insufficient_scope", scope="{route.scope}"' in answered.headers["www-authenticate"]

    def test_a_revoked_key_stops_working_when_the_memory_of_it_ends(self, conn: psycopg.Connection) -> None:
        with conn.transaction():
            made, secret = access.create_key(conn, "short-lived", ["points:read"])

        async def look_up(presented: str) -> access.ApiKey | None:
            with conn.transaction():
                return access.authenticate_key(conn, presented)

        async def scenario() -> None:
            cache = KeyCache(look_up, remember_seconds=0.2)
            header = f"Bearer {secret}"
            assert (await cache.admit(header, "points:read")).key_id == made.key_id
            with conn.transaction():
                access.revoke_key(conn, made.key_id)
            await asyncio.sleep(0.25)
            with pytest.raises(Unauthenticated):
                await cache.admit(header, "points:read")

        asyncio.run(scenario())

    def test_calls_at_once_with_one_key_ask_the_database_once(self) -> None:
        asked: list[str] = []
        known = access.ApiKey("id", "name", frozenset({"points:read"}), None)

        async def look_up(presented: str) -> access.ApiKey | None:
            asked.append(presented)
            await asyncio.sleep(0.01)
            return known

        async def scenario() -> None:
            cache = KeyCache(look_up)
            header = "Bearer enk_a_b"
            first = asyncio.ensure_future(cache.admit(header, "points:read"))
            others = [asyncio.ensure_future(cache.admit(header, "points:read")) for _ in range(20)]
            await asyncio.sleep(0)
            first.cancel()
            assert await asyncio.gather(*others) == [known] * 20
            await cache.admit(header, "points:read")

        asyncio.run(scenario())
        assert asked == ["enk_a_b"]

    def test_a_flood_of_made_up_keys_does_not_fill_the_memory(self) -> None:
        async def look_up(_presented: str) -> access.ApiKey | None:
            return None

        async def scenario() -> int:
            cache = KeyCache(look_up)
            for number in range(5_000):
                with pytest.raises(Unauthenticated):
                    await cache.admit(f"Bearer enk_x_{number}", "points:read")
            return len(cache._known)

        assert asyncio.run(scenario()) <= 4_096

    def test_its_last_use_is_noted(self, api: Api, conn: psycopg.Connection) -> None:
        with conn.transaction():
            made, secret = access.create_key(conn, "watched", ["identifiers:lookup"])
        api.post("/v1/identifiers:lookup", {"identifiers": [{"kind": "card", "value": "1"}]}, key=secret)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            with conn.transaction():
                (record,) = [one for one in access.list_keys(conn) if one.key_id == made.key_id]
            if record.last_used_at is not None:
                return
            time.sleep(0.05)
        pytest.fail("the key's use was not noted")


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.path)
def test_another_method_is_refused_and_those_that_work_are_named(api: Api, route: Any) -> None:
    path = route.path.replace("{customer_id}", "1").replace("{entry_id}", "1")
    methods = {one.method for one in ROUTES if one.path == route.path}
    working = methods | {"HEAD"} if "GET" in methods else methods
    for method in {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"} - working:
        answered = api.run(api.send(method, path, key=None))
        assert answered.status_code == 405
        assert answered.headers["allow"] == ", ".join(sorted(working))
        if method != "HEAD":
            assert_problem(answered, 405, "method-not-allowed")


@pytest.mark.parametrize(
    "path",
    [
        "/", "/v1", "/v1/", "/v1/purchases/", "//v1/purchases", "/v1//purchases", "/V1/purchases", "/v1/purchases%00",
        "/v1/customers/", "/v1/customers/a/b", "/v1/customers/..%2f..%2fetc/points", "/v1/purchases:cancel",
        "/v1/customers/" + "x" * 65, "/healthz/", "/v1/%F0", "/v1/purchases%3abatch%2f",
    ],
)  # fmt: skip
def test_a_path_that_does_not_exist_is_not_found(api: Api, path: str) -> None:
    assert_problem(api.get(path), 404, "not-found")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/json; charset=shift_jis"},
        {"Content-Type": "application/jsonp"},
        JSON | {"Content-Encoding": "gzip"},
    ],
)
def test_a_body_that_is_not_declared_as_plain_json_is_refused(api: Api, till: Till, headers: dict[str, str]) -> None:
    before = till.contents()
    answered = api.post("/v1/purchases", content=json.dumps(till.receipt()), headers=headers)
    assert_problem(answered, 415, "unsupported-media-type")
    assert till.contents() == before


@pytest.mark.parametrize(
    "content_type", ["application/json", "Application/JSON; charset=UTF-8", 'application/json;charset="utf-8"']
)
def test_json_in_utf_8_is_taken_however_it_is_declared(api: Api, till: Till, content_type: str) -> None:
    answered = api.post("/v1/purchases", content=json.dumps(till.receipt()), headers={"Content-Type": content_type})
    assert answered.status_code == 201


@pytest.mark.parametrize(("path", "limit"), [("/v1/purchases", BODY_LIMIT), ("/v1/purchases:batch", BATCH_BODY_LIMIT)])
def test_a_body_over_its_limit_is_refused_also_when_it_hides_its_length(
    api: Api, till: Till, path: str, limit: int
) -> None:
    async def drip() -> Any:
        for _ in range(17):
            yield b" " * (limit // 16)

    before = till.contents()
    for content in (b" " * (limit + 1), drip()):
        document = assert_problem(api.post(path, content=content, headers=JSON), 413, "body-too-large")
        assert document["limit_bytes"] == limit
    # At the limit it is read, and then refused for what it says.
    assert_problem(api.post(path, content=b" " * limit, headers=JSON), 400, "malformed-body")
    assert till.contents() == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b'{"a": NaN}', b"\xff\xfe", b"{} {}", b'\xef\xbb\xbf{"a": 1}', b"null null"]
)
def test_a_body_that_is_not_json_is_refused(api: Api, body: bytes) -> None:
    answered = api.post("/v1/purchases", content=body, headers=JSON)
    assert answered.status_code in {400, 422}, answered.text
    assert answered.headers["content-type"] == "application/problem+json"


def test_head_answers_like_get_without_a_body(api: Api) -> None:
    shown = api.get("/v1/openapi.json")
    head = api.run(api.send("HEAD", "/v1/openapi.json"))
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == shown.headers["content-length"]


def test_every_answer_has_a_request_id_which_is_the_callers_own_when_it_is_plain(api: Api) -> None:
    given = api.get("/healthz", headers={"X-Request-Id": "till-3.0001"})
    assert given.headers["x-request-id"] == "till-3.0001"
    for unfit in ("a b", "x" * 65, "<script>", ""):
        made = api.get("/nowhere", headers={"X-Request-Id": unfit}).headers["x-request-id"]
        assert len(made) == 16
        assert int(made, 16) >= 0


def test_no_answer_may_be_cached_or_taken_for_another_type(api: Api) -> None:
    for path in ("/healthz", "/nowhere", "/v1/docs"):
        headers = api.get(path).headers
        assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("", "ja"), ("en", "en"), ("EN-us", "en"), ("fr, en;q=0.3", "en"), ("en;q=0.2, ja;q=0.8", "ja"), ("*", "ja"),
        ("ja, en", "ja"), ("en, ja", "en"), ("en;q=0", "ja"), ("en;q=x", "ja"), ("\xff;;,,", "ja"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_preferred(header: str, locale: str) -> None:
    assert choose_locale(header) == locale
