"""What benefits that are being worked on would do: who gets what, and how many members that concerns."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from psycopg import Connection

from enishi import benefits, flows
from enishi.access import Locale
from enishi.benefits import BenefitSettings, Standing, TierName
from enishi.web.benefit_shapes import (
    BenefitHolder,
    BenefitMoves,
    BenefitsPreview,
    SettingProblem,
    TierMembers,
    changes_between,
    present_tier,
)


def preview(conn: Connection, settings: BenefitSettings, language: Locale, now: datetime) -> BenefitsPreview:
    """Settings against those that are live; nothing is written."""
    tiers = flows.ladder_tiers(conn, now)
    live = benefits.load_version_at(conn, now)
    current = None if live is None else live.settings
    ladder = Standing(None, tiers)
    members = flows.count_members_by_tier(conn, now)
    return BenefitsPreview(
        problems=[
            SettingProblem(field=one.field, detail=one.detail, remedy=one.remedy)
            for one in benefits.validate(settings, tiers)
        ],
        holders=[
            BenefitHolder(
                code=one.code,
                who=benefits.who_has(one, ladder, language.value),
                often=benefits.how_often(one.limit, language.value),
                tiers=list(benefits.entitled_tiers(one, tiers)),
            )
            for one in settings.benefits
        ],
        tiers=[
            TierMembers(code=one.code, name=present_tier(one, language).name, members=members.get(one.code, 0))
            for one in tiers
        ],
        moves=list(_moves(current, settings, tiers, language)),
        changes=changes_between(current, settings),
    )


def _moves(
    before: BenefitSettings | None, after: BenefitSettings, tiers: Sequence[TierName], language: Locale
) -> Iterator[BenefitMoves]:
    """For whom a benefit begins and for whom it ends, in the order of what is worked on, then what is taken out."""
    old = {} if before is None else {one.code: one for one in before.benefits}
    new = {one.code: one for one in after.benefits}
    for code, one in (new | {code: each for code, each in old.items() if code not in new}).items():
        had = benefits.entitled_tiers(old[code], tiers) if code in old else ()
        has = benefits.entitled_tiers(new[code], tiers) if code in new else ()
        gains, loses = [tier for tier in has if tier not in had], [tier for tier in had if tier not in has]
        if gains or loses:
            yield BenefitMoves(code=code, name=benefits.name_of(one, language.value), gains=gains, loses=loses)
