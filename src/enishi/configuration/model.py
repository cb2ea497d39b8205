"""The configuration of a chain as one document: programme, ladder of ranks and campaigns, as they are to be.

A part that a document leaves out is not its business and stays as it is. Applying a document that says what is already
so changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from enishi.campaigns import CampaignCode, CampaignRules, State
from enishi.kit.errors import Refusal
from enishi.program import ProgramSettings
from enishi.ranks import Ladder

FORMAT = 1
"""The form of the documents that this version of Enishi writes and reads."""
MAX_CAMPAIGNS = 2_000

Section = Literal["program", "ladder", "campaigns"]


class Configuration(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What a document says. ``campaigns`` are those that have not ended, by their codes."""

    format: Literal[1]
    program: ProgramSettings | None = None
    ladder: Ladder | None = None
    campaigns: Annotated[dict[CampaignCode, CampaignRules], Meta(max_length=MAX_CAMPAIGNS)] | None = None


class Current(Struct, frozen=True, kw_only=True):
    """What is in force, and what a change has to mind: read in the transaction that applies it.

    ``members_by_tier`` counts those who hold a tier; ``given_points`` is what campaigns gave that shall have a budget;
    ``stores`` and ``segments`` are the ones that exist.
    """

    configuration: Configuration
    states: Mapping[str, State]
    members_by_tier: Mapping[str, int]
    given_points: Mapping[str, int]
    stores: frozenset[str]
    segments: frozenset[str]
    now: datetime


class Change(Struct, frozen=True, kw_only=True):
    """One field that applying a document changes. ``subject`` is a campaign's code, empty elsewhere.

    ``before`` and ``after`` are JSON; None where there was, or will be, nothing.
    """

    section: Section
    subject: str
    field: str
    before: str | None
    after: str | None


class Danger(Struct, frozen=True, kw_only=True):
    """A change that can do harm which nothing undoes. It is refused until its ``code`` is accepted."""

    code: str
    field: str
    detail: str
    remedy: str
    detail_ja: str
    remedy_ja: str


class Plan(Struct, frozen=True, kw_only=True):
    """What applying a document would do. ``left_alone`` are campaigns in force that the document does not name."""

    changes: tuple[Change, ...]
    dangers: tuple[Danger, ...]
    left_alone: tuple[str, ...] = ()

    @property
    def sections(self) -> frozenset[Section]:
        """The parts that change."""
        return frozenset(one.section for one in self.changes)

    @property
    def campaigns(self) -> tuple[str, ...]:
        """The codes of the campaigns that change, in order."""
        return tuple(dict.fromkeys(one.subject for one in self.changes if one.section == "campaigns"))


class InvalidConfiguration(Refusal):
    """The document contradicts itself or names what does not exist. ``problems`` lists all of it. Nothing changed."""

    code = "invalid-configuration"
    status = 422
    title = "Invalid configuration"


class DangerousChange(Refusal):
    """The document would change what can not be undone. ``dangers`` lists all of it. Nothing changed."""

    code = "dangerous-change"
    status = 409
    title = "Dangerous change"
