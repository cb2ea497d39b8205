"""Drafts of the programme for the tests, and those who work on them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg
from msgspec import structs

from enishi import drafts, program
from enishi.configuration import Configuration
from enishi.drafts import Content, Deed, Draft

WRITER, REVIEWER = "operator:writer", "operator:reviewer"
SETTINGS = program.default_settings()


def rate(points: int) -> Configuration:
    """The default programme with so many points for ¥100."""
    earning = structs.replace(SETTINGS.earning, points_per_unit=points)
    return Configuration(format=1, program=structs.replace(SETTINGS, earning=earning))


def begin(conn: psycopg.Connection, document: Configuration, at: datetime, **fields: Any) -> Draft:
    """A draft that the writer has begun."""
    with conn.transaction():
        content = Content(title="還元率の見直し", document=document, **fields)
        return drafts.create_draft(conn, content, WRITER, "Trial", at)


def step(draft: Draft, author: str, at: datetime) -> Deed:
    """The next thing that somebody does with a draft as they see it."""
    return Deed(author, "Because", at, draft.standing.latest_change)
