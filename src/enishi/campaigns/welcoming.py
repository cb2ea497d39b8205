"""What somebody who joins is given. Pure."""

from __future__ import annotations

from datetime import date

from enishi.campaigns.basis import CampaignAward, CampaignBasis, Cut
from enishi.campaigns.model import WHOLE_CAMPAIGN, AddedPoints, CampaignVersion
from enishi.campaigns.worth import last_day_of
from enishi.program import ExtendedByActivity, ProgramVersion


def welcome(
    version: CampaignVersion, programme: ProgramVersion, on: date, left: int | None = None
) -> CampaignAward | None:
    """What a campaign gives to somebody who joins on a day, ``left`` being what its budget still has."""
    rules = version.rules
    if not isinstance(rules.effect, AddedPoints):
        return None
    points = rules.effect.points
    cuts: list[Cut] = []
    if left is not None and points > left:
        cuts.append(Cut("budget", rules.ceilings.budget_points or 0, left, points - left))
        points = left
    last_day = last_day_of(rules, programme.settings, on)
    if points == 0 or last_day < on:
        return None
    has_budget = rules.ceilings.budget_points is not None
    return CampaignAward(
        kind=rules.award.kind,
        points=points,
        expires_on=last_day,
        extends_regular=rules.award.kind == "regular" and type(programme.settings.expiry) is ExtendedByActivity,
        basis=CampaignBasis(
            version=programme.version,
            campaign_id=version.campaign_id,
            campaign=version.code,
            campaign_version=version.version,
            name_ja=rules.name_ja,
            name_en=rules.name_en,
            effect=rules.effect,
            met=(("joining", on.isoformat()),),
            exact=str(rules.effect.points),
            cuts=tuple(cuts),
            points=points,
            valid_days=rules.award.valid_days,
            valid_until=rules.award.valid_until,
        ),
        claims=((version.campaign_id, WHOLE_CAMPAIGN),) if has_budget else (),
    )
