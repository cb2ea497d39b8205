"""Campaigns brought to life for the tests of flows: written by one, approved by another."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
from tests.campaigns.factories import HUNDRED, START, make_rules

from enishi import campaigns
from enishi.campaigns import Campaign, CampaignRules, Deed

BEFORE = START - timedelta(days=3)


def deed(author: str = "writer", at: Any = BEFORE, **fields: Any) -> Deed:
    return Deed(f"operator:{author}", "Trial", at, **fields)


def launch(conn: psycopg.Connection, code: str, effect: Any = HUNDRED, **fields: Any) -> Campaign:
    """A campaign that is approved before it starts."""
    return launch_rules(conn, code, make_rules(effect, **fields))


def launch_rules(conn: psycopg.Connection, code: str, rules: CampaignRules) -> Campaign:
    with conn.transaction():
        campaigns.create_campaign(conn, code, rules, deed())
        campaigns.submit_campaign(conn, code, deed())
        return campaigns.approve_campaign(conn, code, deed("reviewer"))
