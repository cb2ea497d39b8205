"""What machines may know of campaigns: which are live, for shops and apps to show, and why one gives nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from msgspec import Struct

from enishi import campaigns
from enishi.access import ApiScope
from enishi.campaigns import NotApplied, State
from enishi.gateway.campaign_model import CampaignFinding, CampaignNotApplied
from enishi.gateway.http import Locale, Request, Response, answer
from enishi.gateway.parameters import ACCEPT_LANGUAGE
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit import clock


class LiveCampaign(Struct, frozen=True):
    """A campaign that is live, as members are told it. ``description`` is a line for each decision."""

    campaign: str
    name: str
    starts_at: datetime
    ends_at: datetime
    description: list[str]
    codes_needed: bool
    invented: bool


class LiveCampaignsAnswer(Struct, frozen=True):
    """The campaigns that are live now, those that end first first."""

    campaigns: list[LiveCampaign]


async def list_live_campaigns(services: Services, request: Request) -> Response:
    """Give the campaigns that are live now."""
    found = await services.lanes.read(lambda conn: campaigns.list_campaigns(conn, clock.now()))
    live = sorted(
        (one for one in found if one.state is State.LIVE), key=lambda one: (one.current.rules.ends_at, one.code)
    )
    return answer(200, LiveCampaignsAnswer([_present(one, request.locale) for one in live]))


def _present(one: campaigns.Campaign, locale: Locale) -> LiveCampaign:
    rules = one.current.rules
    return LiveCampaign(
        one.code,
        rules.name_ja if locale == "ja" else rules.name_en,
        rules.starts_at,
        rules.ends_at,
        list(campaigns.describe(rules, locale)),
        bool(rules.conditions.codes),
        rules.invented,
    )


def not_applied_answer(one: NotApplied, locale: Locale) -> CampaignNotApplied:
    """A campaign that gives nothing, as the gateway writes it."""
    return CampaignNotApplied(
        one.campaign,
        one.name_ja if locale == "ja" else one.name_en,
        one.reason,
        campaigns.explain_refusal(one, locale),
        [
            CampaignFinding(
                finding.condition,
                finding.holds,
                campaigns.write_value(finding.condition, finding.found, locale),
                campaigns.write_value(finding.condition, finding.needed, locale),
            )
            for finding in one.findings
        ],
    )


CAMPAIGN_ROUTES: Final[tuple[Route, ...]] = (
    Route(
        method="GET",
        path="/v1/campaigns",
        handler=list_live_campaigns,
        tag="Campaigns",
        summary="List the campaigns that are live now",
        description="For shops and apps to show: each with its name, its time and what it gives, in plain words.",
        scope=ApiScope.CAMPAIGNS_READ,
        parameters=(ACCEPT_LANGUAGE,),
        answers=(Success(200, "The campaigns that are live now.", LiveCampaignsAnswer),),
    ),
)
CAMPAIGN_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("list_live_campaigns", 200): {
        "campaigns": [
            {
                "campaign": "weekend-double",
                "name": "週末ポイント2倍",
                "starts_at": "2026-11-01T00:00:00+09:00",
                "ends_at": "2026-12-01T00:00:00+09:00",
                "description": ["基本ポイントが 2倍になります。", "曜日：土、日", "通常ポイントとして付きます。"],
                "codes_needed": False,
                "invented": False,
            }
        ]
    }
}
NOT_APPLIED: Final[dict[str, Any]] = {
    "campaign": "weekend-double",
    "name": "週末ポイント2倍",
    "code": "conditions",
    "reason": "条件を満たしていません。曜日：金（条件：土、日）",
    "findings": [{"condition": "weekdays", "holds": False, "found": "金", "needed": "土、日"}],
}
CAMPAIGN_NOTES: Final[dict[str, dict[str, str]]] = {
    "LiveCampaign": {
        "description": "What it gives and when, a line for each decision.",
        "codes_needed": "Whether the customer has to enter a code; it is sent with the purchase in `coupon_codes`.",
        "invented": "Made up for a demo.",
    },
    "CampaignNotApplied": {
        "code": (
            "`conditions`, `goods`, `nothing`, `better`, `not_with`, `receipt`, `member`, `times`, `store`, `budget` "
            "or `expired`."
        ),
        "reason": "Why, in the language of `Accept-Language`.",
        "findings": "The conditions that were looked at.",
    },
    "CampaignFinding": {
        "found": "What was found, as people write it.",
        "needed": "What is needed, as people write it.",
    },
}
