"""The description: complete, valid, and true to what the gateway takes and answers."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from tests.gateway.client import KNOWN_CODES, Api

from enishi.gateway import examples
from enishi.gateway.bodies import BodyDecoder
from enishi.gateway.field_notes import FIELD_NOTES
from enishi.gateway.openapi import build_document
from enishi.gateway.routes import ROUTES, Route
from enishi.kit.payment_cards import find_offence
from enishi.purchases import Purchase


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return json.loads(msgspec.json.encode(build_document(ROUTES)))


def validate(document: dict[str, Any], name: str, value: Any) -> None:
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(value)


def test_every_route_is_described_and_nothing_else(document: dict[str, Any]) -> None:
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.path) for route in ROUTES}
    names = [operation["operationId"] for methods in document["paths"].values() for operation in methods.values()]
    assert len(set(names)) == len(ROUTES)


@pytest.mark.parametrize("route", ROUTES, ids=lambda one: one.path)
def test_a_route_names_its_scope_or_says_why_it_is_public(document: dict[str, Any], route: Route) -> None:
    assert (route.scope is None) != (not route.public)
    security = document["paths"][route.path][route.method.lower()]["security"]
    assert security == ([] if route.scope is None else [{"apiKey": [route.scope.value]}])


@pytest.mark.parametrize("route", [route for route in ROUTES if route.body is not None], ids=lambda one: one.path)
def test_the_example_of_a_body_is_taken_and_fits_its_schema(document: dict[str, Any], route: Route) -> None:
    body = examples.BODIES[route.operation_id]
    BodyDecoder(route.body).decode(json.dumps(body).encode())
    validate(document, route.body.__name__, body)
    for purchase in body.get("purchases", []):
        BodyDecoder(Purchase).decode(json.dumps(purchase).encode())


@pytest.mark.parametrize(("operation", "status"), list(examples.ANSWERS))
def test_the_example_of_an_answer_fits_its_type_and_its_schema(
    document: dict[str, Any], operation: str, status: int
) -> None:
    (route,) = [route for route in ROUTES if route.operation_id == operation]
    (success,) = [success for success in route.answers if success.status == status]
    example = examples.ANSWERS[operation, status]
    assert msgspec.to_builtins(msgspec.convert(example, success.body), str_keys=True).keys() == example.keys()
    validate(document, success.body.__name__, example)


def test_every_refusal_has_an_example_that_is_a_problem(document: dict[str, Any]) -> None:
    seen: set[str] = set()
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                for code, example in (
                    response["content"].get("application/problem+json", {}).get("examples", {}).items()
                ):
                    validate(document, "Problem", example["value"])
                    assert (example["value"]["code"], str(example["value"]["status"])) == (code, status), path
                    seen.add(code)
    assert seen >= set(examples.PROBLEMS)


def test_every_field_that_has_a_note_exists_and_every_field_of_a_body_has_one(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name, notes in FIELD_NOTES.items():
        assert notes.keys() <= schemas[name]["properties"].keys(), name
    for name in ("Purchase", "Line", "Payment", "Identifier", "BatchBody", "LookupBody"):
        assert FIELD_NOTES[name].keys() == schemas[name]["properties"].keys(), name


def test_no_reference_leads_nowhere(document: dict[str, Any]) -> None:
    named = set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))
    assert named <= document["components"]["schemas"].keys()


def test_the_written_reference_names_every_path_scope_and_code() -> None:
    text = (Path(__file__).parents[2] / "docs/reference/api.md").read_text("utf-8")
    for route in ROUTES:
        assert f"`{route.method} {route.path}`" in text
        assert route.scope is None or f"`{route.scope}`" in text
    documented = set(re.findall(r"^\| \d{3} \| `([a-z-]+)` \|", text, re.MULTILINE))
    assert documented == KNOWN_CODES


def test_no_example_holds_what_would_be_refused() -> None:
    assert find_offence([examples.BODIES, list(examples.ANSWERS.values())]) is None


def test_it_is_served(api: Api, document: dict[str, Any]) -> None:
    answered = api.get("/v1/openapi.json", key=None)
    assert answered.json() == document
    assert document["openapi"] == "3.1.0"


class Page(HTMLParser):
    """Collects what a page loads, links to, and names."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.loaded: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        named = dict(attrs)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "a":
            self.links.add(str(named.get("href")))
        elif named.get("href") or named.get("src"):
            self.loaded.add(str(named.get("href") or named.get("src")).partition(":")[0])

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_to_read_needs_nothing_else_and_its_links_lead_somewhere(api: Api) -> None:
    answered = api.get("/v1/docs", key=None)
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in answered.headers["content-security-policy"]
    page = Page()
    page.feed(answered.text)
    assert "script" not in page.tags
    assert page.loaded == {"data"}
    assert len(set(page.ids)) == len(page.ids)
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)
    for route in ROUTES:
        assert route.path in page.text
        assert route.summary in page.text
