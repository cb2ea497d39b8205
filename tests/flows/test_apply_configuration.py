"""A document promotes: what one environment exports, another applies, whole or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest
from msgspec import structs
from tests.campaigns.factories import END, START, make_rules
from tests.configuration.factories import LADDER
from tests.flows.campaigns import BEFORE, launch
from tests.flows.factories import MASTER_KEY, card, make_context, make_purchase

from enishi import audit, campaigns, program, ranks
from enishi.campaigns import AddedPoints, AuthorMayNotApprove, Conditions, State
from enishi.configuration import (
    Configuration,
    DangerousChange,
    InvalidConfiguration,
    read_configuration,
    write_configuration,
)
from enishi.flows import (
    ConfigurationOrder,
    PurchaseContext,
    RecordedPurchase,
    apply_configuration,
    read_current,
    record_purchases,
)
from enishi.kit.vault import Keyring

NOW = START + timedelta(days=9)
DECEMBER = make_rules(starts_at=END, ends_at=END + timedelta(days=9))


@pytest.fixture
def opened(conn: psycopg.Connection) -> psycopg.Connection:
    """An installation with the default programme, two ranks and a live campaign."""
    make_context(conn)
    ranks.publish_ladder(conn, LADDER, BEFORE, audit.SYSTEM, "Opening", BEFORE)
    conn.commit()
    launch(conn, "november")
    conn.commit()
    return conn


def _order(**fields: Any) -> ConfigurationOrder:
    values = {"author": "cli", "approver": "operator:reviewer", "reason": "Promotion", "effective_at": NOW}
    return ConfigurationOrder(**(values | fields))


def _in_force(conn: psycopg.Connection) -> Configuration:
    current = read_current(conn, NOW, NOW)
    conn.rollback()
    return current.configuration


def test_what_is_exported_is_in_force_and_applying_it_changes_nothing(opened: psycopg.Connection) -> None:
    exported = read_configuration(write_configuration(_in_force(opened)).encode())
    assert exported.ladder == LADDER
    assert exported.campaigns == {"november": make_rules()}
    applied = apply_configuration(opened, exported, _order(), NOW)
    assert (applied.plan.changes, applied.program_version, applied.ladder_version, applied.campaigns) == (
        (),
        None,
        None,
        {},
    )
    assert program.latest_version(opened) == 1


def test_an_empty_installation_becomes_what_another_exported(conn: psycopg.Connection) -> None:
    wanted = Configuration(
        format=1, program=program.default_settings(), ladder=LADDER, campaigns={"december": DECEMBER}
    )
    applied = apply_configuration(conn, wanted, _order(), NOW)
    assert (applied.program_version, applied.ladder_version) == (1, 1)
    assert applied.campaigns == {"december": State.SCHEDULED}
    assert _in_force(conn) == wanted
    (event,) = [one for one in audit.list_events(conn, None, 20) if one.action == "configuration.apply"]
    assert (event.actor, event.detail["sections"]) == ("cli", ["campaigns", "ladder", "program"])


def test_changes_of_all_three_take_effect_together(opened: psycopg.Connection) -> None:
    settings = structs.replace(program.default_settings(), excluded_categories=("たばこ",))
    ladder = structs.replace(LADDER, name="新しい会員ランク")
    wanted = Configuration(
        format=1, program=settings, ladder=ladder, campaigns={"november": make_rules(), "december": DECEMBER}
    )
    applied = apply_configuration(opened, wanted, _order(), NOW)
    assert (applied.program_version, applied.ladder_version) == (2, 2)
    assert applied.campaigns == {"december": State.SCHEDULED}
    assert _in_force(opened) == wanted
    assert apply_configuration(opened, wanted, _order(), NOW).plan.changes == ()


def test_without_an_approver_campaigns_wait_for_a_review_and_another_run_approves_them(
    opened: psycopg.Connection,
) -> None:
    wanted = Configuration(format=1, campaigns={"december": DECEMBER})
    applied = apply_configuration(opened, wanted, _order(approver=None), NOW)
    assert applied.campaigns == {"december": State.IN_REVIEW}
    assert applied.plan.left_alone == ("november",)
    assert apply_configuration(opened, wanted, _order(), NOW).campaigns == {"december": State.SCHEDULED}


def test_what_a_campaign_gave_is_summed_up_only_where_a_budget_is_to_be_held_against_it(
    opened: psycopg.Connection,
) -> None:
    sold = make_purchase(1_100, occurred_at=NOW, identifiers=card("1"))
    (recorded,) = record_purchases(opened, PurchaseContext(Keyring(MASTER_KEY)), [sold], NOW)
    assert isinstance(recorded, RecordedPurchase)
    opened.commit()
    given = sum(line.points for line in recorded.awards if line.campaign)
    assert given > 0
    wanted = Configuration(
        format=1, campaigns={"november": make_rules(ceilings=campaigns.Ceilings(budget_points=given - 1))}
    )
    assert read_current(opened, NOW, NOW, wanted).given_points == {"november": given}
    assert read_current(opened, NOW, NOW).given_points == {}
    with pytest.raises(DangerousChange) as refused:
        apply_configuration(opened, wanted, _order(), NOW)
    assert refused.value.field == "campaigns.november.ceilings.budget_points"


@pytest.mark.parametrize(
    ("wanted", "fields", "refusal"),
    [
        (Configuration(format=1, campaigns={}), {"prune": True}, DangerousChange),
        (Configuration(format=1, campaigns={"november": make_rules(AddedPoints(1))}), {}, DangerousChange),
        (
            Configuration(format=1, campaigns={"december": make_rules(conditions=Conditions(ranks=("gould",)))}),
            {},
            InvalidConfiguration,
        ),
        (
            Configuration(format=1, campaigns={"december": make_rules(conditions=Conditions(segments=("none",)))}),
            {},
            InvalidConfiguration,
        ),
        (Configuration(format=1, campaigns={"december": DECEMBER}), {"approver": "cli"}, AuthorMayNotApprove),
        (
            Configuration(format=1, program=structs.replace(program.default_settings(), name="次")),
            {"effective_at": NOW - timedelta(days=1)},
            program.EffectiveTimeInPast,
        ),
    ],
)
def test_what_is_refused_changes_nothing_at_all(
    opened: psycopg.Connection, wanted: Configuration, fields: dict[str, Any], refusal: type[Exception]
) -> None:
    # A change that nothing speaks against stands before the one that is refused: it must not survive it.
    if wanted.ladder is None:
        wanted = structs.replace(wanted, ladder=structs.replace(LADDER, name="新しい会員ランク"))
    before = _in_force(opened)
    with pytest.raises(refusal):
        apply_configuration(opened, wanted, _order(**fields), NOW)
    assert _in_force(opened) == before
    assert campaigns.ask_latest_change(opened)() == 3


def test_what_is_accepted_by_name_is_done(opened: psycopg.Connection) -> None:
    wanted = Configuration(format=1, campaigns={})
    applied = apply_configuration(opened, wanted, _order(prune=True, accepted=frozenset({"campaign.ended"})), NOW)
    assert applied.campaigns == {"november": State.ENDED}
    assert _in_force(opened).campaigns == {}
