"""The parameters that routes share, described once."""

from __future__ import annotations

from typing import Any, Final, Literal

from msgspec import Struct

from enishi.gateway.model import DEFAULT_PAGE, MAX_PAGE


class Parameter(Struct, frozen=True):
    """A parameter in a path, a query or a header; ``schema`` is JSON Schema."""

    name: str
    place: Literal["path", "query", "header"]
    description: str
    schema: dict[str, Any]
    example: Any = None


CUSTOMER_ID: Final = Parameter(
    "customer_id", "path", "The customer.", {"type": "string", "format": "uuid"}, "019a8f6e-2b70-7c11-9d3e-5a1b2c3d4e5f"
)
PURCHASE_ID: Final = Parameter(
    "purchase_id", "path", "The purchase.", {"type": "string", "format": "uuid"}, "019aa93f-1d8c-7b02-9a41-6c7d8e9f0a1b"
)
ENTRY_ID: Final = Parameter(
    "entry_id",
    "path",
    "A journal entry, as `entry_id` names it.",
    {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}-[1-9][0-9]{0,9}$"},
    "019a8f6e-2b70-7c11-9d3e-5a1b2c3d4e5f-12",
)
CURSOR: Final = Parameter(
    "cursor",
    "query",
    "`next_cursor` of the page before. Leave it out for the newest entries.",
    {"type": "string", "pattern": "^[1-9][0-9]{0,9}$"},
)
LIMIT: Final = Parameter(
    "limit",
    "query",
    "The most entries on the page.",
    {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": DEFAULT_PAGE},
)
INSTANT: Final = Parameter(
    "at",
    "query",
    "The past instant, with its offset.",
    {"type": "string", "format": "date-time"},
    "2026-03-31T15:00:00Z",
)
IDEMPOTENCY_KEY: Final = Parameter(
    "Idempotency-Key",
    "header",
    "Stands for `external_id` when the body has none; when it has one, the two must be the same.",
    {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[ !#-~]+$"},
)
CARD_REQUEST_KEY: Final = Parameter(
    "Idempotency-Key",
    "header",
    "Your own name for this request; its repeat is answered with the same card.",
    IDEMPOTENCY_KEY.schema,
)
MERGE_REQUEST_KEY: Final = Parameter(
    "Idempotency-Key",
    "header",
    "Your own name for this request; its repeat is answered as the first time.",
    IDEMPOTENCY_KEY.schema,
)
ACCEPT_LANGUAGE: Final = Parameter(
    "Accept-Language",
    "header",
    "The language of generated sentences, `ja` or `en`. Japanese when it names neither.",
    {"type": "string", "default": "ja"},
    "ja",
)
