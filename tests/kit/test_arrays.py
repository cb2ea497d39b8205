"""Array parameters: what PostgreSQL reads from them is what was written, whatever it was."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enishi.kit import arrays

AWKWARD_TEXTS = [
    "", "null", "NULL", "{}", "{", "}", ",", '"', "\\", '\\"', "a,b", " a ", "a\nb\tc", "'; drop table x; --",
    "髙﨑 ㈱", "👨‍👩‍👧", "%s", "$1",
]  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
ON_A_SERVER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_texts_arrive_as_they_are(conn: psycopg.Connection) -> None:
    assert read_texts(conn, AWKWARD_TEXTS) == AWKWARD_TEXTS


def test_a_text_that_says_null_is_not_null(conn: psycopg.Connection) -> None:
    assert read_texts(conn, ["null", None, "NULL"]) == ["null", None, "NULL"]


@ON_A_SERVER
@given(texts=st.lists(TEXTS | st.none()))
def test_any_texts_arrive_as_they_are(conn: psycopg.Connection, texts: list[str | None]) -> None:
    assert read_texts(conn, texts) == texts


def test_documents_arrive_as_they_are(conn: psycopg.Connection) -> None:
    documents = [json.dumps({"text": text}, ensure_ascii=False) for text in AWKWARD_TEXTS]
    array = arrays.json_array([*(document.encode() for document in documents), None])
    rows = conn.execute("select one::text from unnest(%s::json[]) as one", (array,)).fetchall()
    assert [row[0] for row in rows] == [*documents, None]


def test_bytes_arrive_as_they_are(conn: psycopg.Connection) -> None:
    values = [b"", b"\0", bytes(range(256)), b'\\"{},', None]
    row = conn.execute("select %s::bytea[]", (arrays.bytea_array(values),)).fetchone()
    assert row == (values,)


def test_integers_of_any_width_arrive_as_they_are(conn: psycopg.Connection) -> None:
    values = [0, -1, 2**63 - 1, -(2**63)]
    assert conn.execute("select %s::bigint[]", (arrays.int_array(values),)).fetchone() == (values,)


def test_uuids_arrive_as_they_are(conn: psycopg.Connection) -> None:
    values = [UUID(int=0), UUID(int=2**128 - 1), UUID("01a20297-4dc0-7db2-b56d-83051e2b3b5d"), None]
    assert conn.execute("select %s::uuid[]", (arrays.uuid_array(values),)).fetchone() == (values,)


def test_days_arrive_as_they_are(conn: psycopg.Connection) -> None:
    values = [date(1, 1, 1), date(2028, 2, 29), date(9999, 12, 31)]
    assert conn.execute("select %s::date[]", (arrays.date_array(values),)).fetchone() == (values,)


def test_instants_of_any_offset_arrive_as_the_same_instants(conn: psycopg.Connection) -> None:
    values = [
        datetime(2026, 11, 22, 18, 30, tzinfo=timezone(timedelta(hours=9))),
        datetime(2000, 1, 1, 0, 0, 0, 1, tzinfo=timezone(-timedelta(hours=3, minutes=30))),
        datetime(2026, 11, 22, tzinfo=UTC),
    ]
    assert conn.execute("select %s::timestamptz[]", (arrays.instant_array(values),)).fetchone() == (values,)


def test_arrays_of_differing_lengths_arrive_row_by_row(conn: psycopg.Connection) -> None:
    texts = [(), ("a",), tuple(AWKWARD_TEXTS)]
    rows = conn.execute("select one::text[] from unnest(%s::text[]) as one", (arrays.text_arrays(texts),)).fetchall()
    assert [tuple(row[0]) for row in rows] == texts
    blobs = [(), (b"\0\1",), (b"", b"\\", b'"')]
    rows = conn.execute("select one::bytea[] from unnest(%s::text[]) as one", (arrays.bytea_arrays(blobs),)).fetchall()
    assert [tuple(row[0]) for row in rows] == blobs


@pytest.mark.parametrize(
    ("array", "kind"),
    [
        (arrays.int_array([]), "int8"),
        (arrays.uuid_array([]), "uuid"),
        (arrays.date_array([]), "date"),
        (arrays.instant_array([]), "timestamptz"),
        (arrays.bytea_array([]), "bytea"),
        (arrays.text_array([]), "text"),
        (arrays.json_array([]), "json"),
    ],
)
def test_no_values_are_an_empty_array(conn: psycopg.Connection, array: arrays.ArrayParameter, kind: str) -> None:
    cast = psycopg.sql.SQL("select cardinality(%s::{}[])").format(psycopg.sql.Identifier(kind))
    assert conn.execute(cast, (array,)).fetchone() == (0,)


def read_texts(conn: psycopg.Connection, texts: list[str | None] | list[str]) -> list[str | None]:
    row = conn.execute("select %s::text[]", (arrays.text_array(texts),)).fetchone()
    assert row is not None
    return row[0]
