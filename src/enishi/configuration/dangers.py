"""Changes that do harm which nothing undoes: to members who hold points and ranks, and to what was promised. Pure.

Each is refused until whoever applies the document accepts it by name. That a rate falls is no error; that it falls
because a nought was lost on the way from the test environment is one, and only a person can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

from enishi.campaigns import CampaignRules, State
from enishi.configuration.model import Configuration, Current, Danger
from enishi.program import EarningRule, ProgramSettings, expires_on
from enishi.ranks import AllOf, AnyOf, AtLeast, Criterion, Ladder

WIND_DOWN_NOTICE_DAYS = 30
"""Members are told at least this long before a kind of points can not be used any more."""
_ANNOUNCED = frozenset({State.LIVE, State.PAUSED, State.SCHEDULED})
_STATES_JA = {State.LIVE: "実施中", State.PAUSED: "一時停止中", State.SCHEDULED: "開始待ち"}
_KINDS_JA = {"regular": "通常ポイント", "limited": "期間限定ポイント"}
RATE_JUMP = 5
"""A rate that grows by more than this factor is rather a slip than a decision."""


def program_dangers(wanted: Configuration, current: Current) -> Iterator[Danger]:
    """What a document does to everybody's points."""
    old, new = current.configuration.program, wanted.program
    if old is None or new is None or old == new:
        return
    if old.zone != new.zone:
        yield Danger(
            code="program.zone",
            field="program.zone",
            detail=f"Days would begin and end in {new.zone} instead of {old.zone}: every expiry shifts.",
            remedy="Keep the zone, unless the chain has really moved.",
            detail_ja=f"1日の区切りが {old.zone} から {new.zone} に変わり、すべての有効期限がずれます。",
            remedy_ja="会社が本当に移ったのでなければ、元のタイムゾーンのままにしてください。",
        )
    yield from _rate_dangers("program.earning", old.earning, new.earning)
    for store in sorted(old.store_overrides.keys() | new.store_overrides.keys()):
        before, after = (one.store_overrides.get(store, one.earning) for one in (old, new))
        if (before, after) != (old.earning, new.earning):
            yield from _rate_dangers(f"program.store_overrides.{store}", before, after, store)
    yield from _expiry_dangers(old, new, current)
    yield from _wind_down_dangers(old, new, current)


def _rate_dangers(field: str, old: EarningRule, new: EarningRule, store: str = "") -> Iterator[Danger]:
    rate, rate_ja = (f"The rate of store {store}", f"店舗 {store} の還元率") if store else ("The rate", "還元率")
    before, after = Fraction(old.points_per_unit, old.unit_yen), Fraction(new.points_per_unit, new.unit_yen)
    if after > before * RATE_JUMP and before:
        yield Danger(
            code="program.rate-jump",
            field=field,
            detail=f"{rate} would grow from {_rate(before)} to {_rate(after)}, more than {RATE_JUMP} times.",
            remedy="Check unit_yen and points_per_unit for a lost or an added nought.",
            detail_ja=f"{rate_ja}が {_rate(before)} から {_rate(after)} へ、{RATE_JUMP}倍を超えて上がります。",
            remedy_ja="付与の単位とポイントの桁を確かめてください。",
        )
    elif after < before:
        yield Danger(
            code="program.rate-cut",
            field=field,
            detail=f"{rate} would fall from {_rate(before)} to {_rate(after)}.",
            remedy="Tell members first; what was earned stays.",
            detail_ja=f"{rate_ja}が {_rate(before)} から {_rate(after)} に下がります。",
            remedy_ja="先に会員へお知らせしてください。すでに付いたポイントは変わりません。",
        )


def _rate(rate: Fraction) -> str:
    return f"{float(rate * 100):g} %"


def _expiry_dangers(old: ProgramSettings, new: ProgramSettings, current: Current) -> Iterator[Danger]:
    today = current.now.astimezone(old.zone_info).date()
    before, after = expires_on(old.expiry, today), expires_on(new.expiry, today)
    if after < before:
        yield Danger(
            code="program.shorter-expiry",
            field="program.expiry",
            detail=f"Points earned today would be valid through {after} instead of {before}.",
            remedy="Tell members first; points earned before keep their day.",
            detail_ja=f"今日付くポイントの有効期限が {before} から {after} に早まります。",
            remedy_ja="先に会員へお知らせしてください。すでに付いたポイントの有効期限は変わりません。",
        )


def _wind_down_dangers(old: ProgramSettings, new: ProgramSettings, current: Current) -> Iterator[Danger]:
    soonest = current.now.astimezone(old.zone_info).date() + timedelta(days=WIND_DOWN_NOTICE_DAYS)
    for kind, last_day in new.last_use_on.items():
        if last_day < min(old.last_use_on.get(kind, date.max), soonest):
            yield Danger(
                code="program.wind-down",
                field=f"program.last_use_on.{kind}",
                detail=f"All {kind} points could be used until {last_day} only, less than "
                f"{WIND_DOWN_NOTICE_DAYS} days from now.",
                remedy="Choose a later day, and tell members.",
                detail_ja=f"{_KINDS_JA[kind]}を使えるのが {last_day} までになります（{WIND_DOWN_NOTICE_DAYS}日以内）。",
                remedy_ja="もっと先の日を選び、会員へお知らせしてください。",
            )


def ladder_dangers(wanted: Configuration, current: Current) -> Iterator[Danger]:
    """What a document does to the ranks that members hold."""
    old, new = current.configuration.ladder, wanted.ladder
    if old is None or new is None or old == new:
        return
    before, after = _asked(old), _asked(new)
    for tier in old.tiers:
        field = f"ladder.tiers[{tier.code}]"
        members = current.members_by_tier.get(tier.code, 0)
        if tier.code not in new.levels:
            if members:
                yield Danger(
                    code="ladder.tier-removed",
                    field=field,
                    detail=f"{members:,} members hold {tier.name_en}, which would be gone.",
                    remedy="Keep the tier, or try the ladder on the past to see where they would go.",
                    detail_ja=f"{members:,}人の会員がいる「{tier.name_ja}」がなくなります。",
                    remedy_ja="ランクを残すか、過去の購買で試して、会員がどのランクへ移るかを確かめてください。",
                )
        elif members and any(after[tier.code].get(leaf, 0) > value for leaf, value in before[tier.code].items()):
            yield Danger(
                code="ladder.harder",
                field=field,
                detail=f"{tier.name_en}, which {members:,} members hold, would ask for more.",
                remedy="Try the ladder on the past to see who would lose the rank, and tell them.",
                detail_ja=f"{members:,}人の会員がいる「{tier.name_ja}」の条件が厳しくなります。",
                remedy_ja="過去の購買で試して、だれのランクが下がるかを確かめ、お知らせしてください。",
            )


def _asked(ladder: Ladder) -> dict[str, dict[str, int]]:
    """What each tier asks for at least, by what is counted and in which window."""
    return {tier.code: dict(_leaves(tier.criteria)) if tier.criteria else {} for tier in ladder.tiers}


def _leaves(criterion: Criterion) -> Iterator[tuple[str, int]]:
    match criterion:
        case AllOf(of) | AnyOf(of):
            for one in of:
                yield from _leaves(one)
        case AtLeast():
            counted = (criterion.measure.value, criterion.window, criterion.channels, criterion.stores)
            yield repr((*counted, criterion.categories)), criterion.value
        case _:
            return


def campaign_dangers(
    code: str, old: CampaignRules | None, new: CampaignRules | None, current: Current
) -> Iterator[Danger]:
    """What a document does to a campaign that members take part in; ``new`` None ends it."""
    field = f"campaigns.{code}"
    state = current.states.get(code)
    if old is None or old == new or state is None or state not in _ANNOUNCED:
        return
    given = current.given_points.get(code, 0)
    if new is None:
        yield Danger(
            code="campaign.ended",
            field=field,
            detail=f"The campaign is {state.value} and would end now.",
            remedy="Name it in the document to keep it.",
            detail_ja=f"{_STATES_JA[state]}のキャンペーンが、すぐに終わります。",
            remedy_ja="続けるなら、変更案に含めてください。",
        )
        return
    if state is State.SCHEDULED:
        return
    if new.ends_at < old.ends_at:
        yield Danger(
            code="campaign.ends-sooner",
            field=f"{field}.ends_at",
            detail=f"The campaign is {state.value} and would end sooner than was announced.",
            remedy="Keep its end, or pause it with a reason.",
            detail_ja=f"{_STATES_JA[state]}のキャンペーンが、お知らせした日より早く終わります。",
            remedy_ja="終了日を変えないか、理由を付けて一時停止してください。",
        )
    if (old.effect, old.conditions, old.goods, old.award) != (new.effect, new.conditions, new.goods, new.award):
        yield Danger(
            code="campaign.terms-changed",
            field=field,
            detail=f"The campaign is {state.value}, and members were promised its terms.",
            remedy="Let it run as it is, and start another with the new terms.",
            detail_ja=f"{_STATES_JA[state]}のキャンペーンの条件が変わります。会員にはいまの条件でお約束しています。",
            remedy_ja="いまのキャンペーンはそのまま続け、新しい条件は別のキャンペーンで始めてください。",
        )
    budget = new.ceilings.budget_points
    if budget is not None and budget < given:
        yield Danger(
            code="campaign.budget-below-given",
            field=f"{field}.ceilings.budget_points",
            detail=f"{given:,} points are given already, more than the new budget of {budget:,}.",
            remedy="Choose a larger budget, or pause the campaign.",
            detail_ja=f"すでに {given:,}ポイントを付与しており、新しい予算 {budget:,}ポイントを超えています。",
            remedy_ja="予算を増やすか、キャンペーンを一時停止してください。",
        )
