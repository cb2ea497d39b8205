"""What is answered about campaigns: the published contract, kept apart from inner types."""

from __future__ import annotations

from msgspec import Struct


class CampaignFinding(Struct, frozen=True):
    """A condition of a campaign: what was found, and what is needed, in the request's language."""

    condition: str
    holds: bool
    found: str
    needed: str


class CampaignNotApplied(Struct, frozen=True):
    """A campaign that is live and gives nothing for this purchase, and why.

    ``code`` is one of conditions, goods, nothing, better, not_with, receipt, member, times, store, budget and expired.
    """

    campaign: str
    name: str
    code: str
    reason: str
    findings: list[CampaignFinding]
