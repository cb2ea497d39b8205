"""The API reference as one page of HTML, rendered from the OpenAPI document. No script, no other file."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from hashlib import sha256
from html import escape
from importlib.resources import files
from typing import Any, Final

from enishi.gateway.docs_schema import constraints_of, name_of_reference, type_of

Schemas = Mapping[str, Any]

_STYLE: Final = files("enishi.gateway").joinpath("docs.css").read_text("utf-8")
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; style-src 'sha256-"
    + base64.b64encode(sha256(_STYLE.encode()).digest()).decode("ascii")
    + "'"
)
"""Nothing may be loaded or run; the one style sheet is admitted by its digest."""

_CORD: Final = (
    "M2 9.5C4.6 10.4 5.4 14.2 6.6 16C8.8 19.6 10.2 22.4 14 22.4C17.9 22.4 21 19.7 21 16C21 12.3 17.9 9.6 14 9.6"
    "C10.2 9.6 8.8 12.4 6.6 16C5.4 17.8 4.6 21.6 2 22.5"
)
_MARK: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28" viewBox="0 0 32 32" fill="none" stroke-width="2.7" '
    f'aria-hidden="true"><path d="{_CORD}" pathLength="100" stroke-dasharray="31.3 8 100" stroke="#1b4170"/>'
    f'<path d="{_CORD}" pathLength="100" stroke-dasharray="60.7 8 100" stroke="#c8402f" '
    'transform="matrix(-1 0 0 1 32 0)"/></svg>'
)
_ICON: Final = "data:image/svg+xml;base64," + base64.b64encode(_MARK.encode()).decode("ascii")
_FIRST_REFUSAL: Final = 400


def render_page(document: Mapping[str, Any]) -> str:
    """The page for an OpenAPI document as ``openapi.build_document`` makes it."""
    operations = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    tags = [tag["name"] for tag in document["tags"]]
    schemas = document["components"]["schemas"]
    info = document["info"]
    sections = "".join(
        f'<h2 class="tag">{escape(tag)}</h2>'
        + "".join(_operation(*one, schemas) for one in operations if tag in one[2]["tags"])
        for tag in tags
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(info["title"])} — API reference</title><link rel="icon" href="{_ICON}">'
        f'<style>{_STYLE}</style></head><body><div class="layout">{_sidebar(tags, operations, schemas)}<main>'
        f'<header class="lead"><h1>{escape(info["title"])}</h1><p class="summary">{escape(info["summary"])}</p>'
        f'<ul class="facts"><li>Version {escape(info["version"])}</li><li>OpenAPI {escape(document["openapi"])}</li>'
        '<li><a href="/v1/openapi.json">openapi.json</a></li></ul>'
        f'<div class="prose">{_markdown(info["description"])}</div></header>'
        f'{sections}<h2 class="tag" id="schemas">Schemas</h2>'
        + "".join(_schema(name, schema) for name, schema in schemas.items())
        + "</main></div></body></html>"
    )


def _sidebar(tags: Iterable[str], operations: list[tuple[str, str, Any]], schemas: Schemas) -> str:
    groups = "".join(
        f"<h2>{escape(tag)}</h2><ul>"
        + "".join(
            f'<li><a href="#{operation["operationId"]}">{escape(operation["summary"])}</a></li>'
            for _, _, operation in operations
            if tag in operation["tags"]
        )
        + "</ul>"
        for tag in tags
    )
    names = "".join(f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name in schemas)
    return (
        f'<aside class="side"><a class="brand" href="/">{_MARK}<span>Enishi<small>API reference</small></span></a>'
        f'<nav aria-label="Contents">{groups}<h2>Schemas</h2><ul>{names}</ul></nav></aside>'
    )


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Schemas) -> str:
    scopes = [scope for requirement in operation["security"] for scope in requirement["apiKey"]]
    access = "".join(f'<span class="scope">{escape(scope)}</span>' for scope in scopes) or (
        '<span class="scope">no key needed</span>'
    )
    return (
        f'<section class="operation" id="{operation["operationId"]}"><div><h3>{escape(operation["summary"])}</h3>'
        f'<p class="path"><span class="method {method}">{method.upper()}</span><span>{escape(path)}</span>{access}</p>'
        f'<div class="prose">{_markdown(operation["description"])}</div>'
        f"{_parameters(operation)}{_body(operation, schemas)}{_responses(operation)}</div>"
        f'<div class="samples">{_samples(method, path, operation)}</div></section>'
    )


def _parameters(operation: Mapping[str, Any]) -> str:
    if "parameters" not in operation:
        return ""
    rows = "".join(
        _field(one["name"], f"{type_of(one['schema'])} in {one['in']}", constraints_of(one["schema"]),
               one["description"], needed=one["required"])
        for one in operation["parameters"]
    )  # fmt: skip
    return f'<h4>Parameters</h4><dl class="fields">{rows}</dl>'


def _body(operation: Mapping[str, Any], schemas: Schemas) -> str:
    if "requestBody" not in operation:
        return ""
    name = name_of_reference(operation["requestBody"]["content"]["application/json"]["schema"])
    return (
        f'<h4>Body: <a href="#{_anchor(name)}">{escape(name)}</a></h4>'
        f"<p>{escape(operation['requestBody']['description'])}</p>{_fields(schemas[name])}"
    )


def _responses(operation: Mapping[str, Any]) -> str:
    rows = ""
    for status, response in operation["responses"].items():
        refused = " refused" if int(status) >= _FIRST_REFUSAL else ""
        content = next(iter(response["content"].values()))
        name = name_of_reference(content["schema"])
        shape = f' <a href="#{_anchor(name)}">{escape(name)}</a>' if name and not refused else ""
        lines = "".join(
            f"<p>{_inline(line.removeprefix('- '))}{shape}</p>" for line in response["description"].split("\n")
        )
        rows += f'<li><span class="status{refused}">{status}</span><div>{lines}</div></li>'
    return f'<h4>Answers</h4><ul class="codes">{rows}</ul>'


def _samples(method: str, path: str, operation: Mapping[str, Any]) -> str:
    request = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("example")
    shown = [_figure("Request", _curl(method, path, operation, request))]
    folded = ""
    for status, response in operation["responses"].items():
        content = next(iter(response["content"].values()))
        if "example" in content and len(shown) == 1:
            shown.append(_figure(f"Answer {status}", _highlight(content["example"])))
        elif "example" in content:
            folded += _folded(f"{status} {response['description']}", content["example"])
        for code, example in content.get("examples", {}).items():
            if {"field", "retry_after_seconds"} & example["value"].keys():
                folded += _folded(f"{status} {code}", example["value"])
    if folded:
        shown.append(f'<figure class="sample"><figcaption>Other answers</figcaption>{folded}</figure>')
    return "".join(shown)


def _curl(method: str, path: str, operation: Mapping[str, Any], request: Any) -> str:
    url = path
    for parameter in operation.get("parameters", ()):
        url = url.replace("{" + parameter["name"] + "}", str(parameter.get("example", "")))
    lines = [f"curl {'-X ' + method.upper() + ' ' if method != 'get' else ''}http://127.0.0.1:8480{url}"]
    if operation["security"]:
        lines.append("  -H 'Authorization: Bearer enk_…'")
    head = escape(" \\\n".join(lines), quote=False)
    if request is None:
        return head
    return f"{head} \\\n  -H 'Content-Type: application/json' \\\n  -d '{_highlight(request)}'"


def _folded(summary: str, value: Any) -> str:
    return f"<details><summary>{escape(summary)}</summary><pre>{_highlight(value)}</pre></details>"


def _figure(caption: str, code: str) -> str:
    return f'<figure class="sample"><figcaption>{escape(caption)}</figcaption><pre>{code}</pre></figure>'


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    values = schema.get("enum")
    listed = f"<p>{', '.join(f'<code>{escape(str(value))}</code>' for value in values)}</p>" if values else ""
    return (
        f'<section class="schema" id="{_anchor(name)}"><h3>{escape(name)}</h3>'
        f"<p>{_inline(schema.get('description', ''))}</p>{listed}{_fields(schema)}</section>"
    )


def _fields(schema: Mapping[str, Any]) -> str:
    if "properties" not in schema:
        return ""
    required = set(schema.get("required", ()))
    rows = "".join(
        _field(name, _linked(type_of(field)), constraints_of(field), field.get("description", ""),
               needed=name in required)
        for name, field in schema["properties"].items()
    )  # fmt: skip
    return f'<dl class="fields">{rows}</dl>'


def _field(name: str, kind: str, constraints: str, description: str, *, needed: bool) -> str:
    marks = '<span class="needed">required</span>' if needed else ""
    limits = f'<span class="type">{escape(constraints)}</span>' if constraints else ""
    note = f"<dd>{_inline(description)}</dd>" if description else ""
    return f'<div><dt><code>{escape(name)}</code><span class="type">{kind}</span>{limits}{marks}</dt>{note}</div>'


def _linked(kind: str) -> str:
    """Names of schemas become links; no other word of a type is a capital letter and small ones."""
    return re.sub(r"\b([A-Z][a-z]\w+)\b", lambda name: f'<a href="#{_anchor(name[1])}">{name[1]}</a>', escape(kind))


def _highlight(value: Any) -> str:
    """JSON, indented and coloured."""
    text = escape(json.dumps(value, ensure_ascii=False, indent=2), quote=False)
    text = re.sub(r'"((?:[^"\\]|\\.)*)"(:)?', _colour_text, text)
    return re.sub(
        r"(?<=[ \[])(-?[0-9]+|true|false|null)(?=,?$)", r'<span class="n">\1</span>', text, flags=re.MULTILINE
    )


def _colour_text(found: re.Match[str]) -> str:
    kind, colon = ("k", ":") if found[2] else ("s", "")
    return f'<span class="{kind}">"{found[1]}"</span>{colon}'


def _markdown(text: str) -> str:
    return "".join(f"<p>{_inline(paragraph)}</p>" for paragraph in text.split("\n\n"))


def _inline(text: str) -> str:
    marked = escape(text, quote=False)
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", marked)
    return re.sub(r"\*\*([^*]+)\*\*", r"<strong>\1</strong>", marked)


def _anchor(name: str) -> str:
    return f"schema-{name}"
