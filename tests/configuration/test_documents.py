"""A configuration as a file says exactly what is in force, and nothing in it is passed over."""

from __future__ import annotations

import json

import jsonschema
import msgspec
import pytest
from tests.campaigns.factories import make_rules
from tests.configuration.factories import IN_FORCE

from enishi import ranks
from enishi.campaigns import Conditions, Hours, Multiplier, Weekday
from enishi.configuration import Configuration, read_configuration, schema, write_configuration
from enishi.kit.errors import InvalidRequest


def test_what_is_written_is_read_as_the_same() -> None:
    assert read_configuration(write_configuration(IN_FORCE).encode()) == IN_FORCE


@pytest.mark.parametrize("template", list(ranks.TEMPLATES))
def test_every_ladder_that_ships_can_be_written_and_read(template: str) -> None:
    wanted = Configuration(format=1, ladder=ranks.TEMPLATES[template]())
    assert read_configuration(write_configuration(wanted).encode()) == wanted


def test_hours_codes_and_days_survive_though_yaml_could_take_them_for_something_else() -> None:
    rules = make_rules(
        Multiplier(200),
        conditions=Conditions(
            weekdays=(Weekday.MON,), hours=(Hours("17:00", "20:00"),), stores=("00292",), codes=("on", "NO")
        ),
    )
    wanted = Configuration(format=1, campaigns={"evening": rules})
    assert read_configuration(write_configuration(wanted).encode()) == wanted


def test_a_document_fits_the_schema_that_is_published_with_it() -> None:
    document = json.loads(msgspec.json.encode(IN_FORCE))
    jsonschema.Draft202012Validator(schema()).validate(document)
    document["programm"] = document.pop("program")
    assert not jsonschema.Draft202012Validator(schema()).is_valid(document)


@pytest.mark.parametrize(
    ("document", "field", "detail"),
    [
        ("format: 1\nprogramm: {}\n", "programm", "There is no such field."),
        ("program:\n", "format", "The field is missing."),
        ("format: 2\n", "format", "The value is not one of those known here."),
        ("format: 1\ncampaigns:\n  spring:\n    name_ja: 1\n", "campaigns[...].name_ja", "The value is an integer."),
        ("- 1\n", None, "The value is an array."),
        ("", None, "The value is null."),
    ],
)
def test_what_is_no_configuration_is_refused_with_its_field(document: str, field: str | None, detail: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        read_configuration(document.encode())
    assert (refused.value.field, refused.value.detail) == (field, detail)
