"""The words in which ranks explain themselves, in Japanese and English. Pure."""

from __future__ import annotations

from typing import Final

from enishi.kit.identifiers import IdentifierKind
from enishi.purchases import Channel
from enishi.ranks.ladder import (
    AllOf,
    AnyOf,
    AtLeast,
    CalendarPeriod,
    Criterion,
    ForMonths,
    Holds,
    JoinedFor,
    JoinYear,
    KeepRule,
    Ladder,
    Lifetime,
    Locale,
    Measure,
    MonthlyOn,
    Period,
    PointsReward,
    Reward,
    RollingDays,
    RollingMonths,
    UntilEvaluation,
    UntilYearEnd,
    Window,
)
from enishi.ranks.ladder import BenefitReward as Benefit
from enishi.ranks.ladder import CouponReward as Coupon
from enishi.ranks.rules import Ask, Held, Joined, Question

_AMOUNTS: Final = {
    Measure.AMOUNT_WITH_TAX: ("お買上げ {}（税込）", "{} spent (with tax)"),
    Measure.AMOUNT_WITHOUT_TAX: ("お買上げ {}（税抜）", "{} spent (before tax)"),
    Measure.VISITS: ("ご来店 {}", "{}"),
    Measure.PURCHASES: ("お買い物 {}", "{}"),
    Measure.POINTS_EARNED: ("獲得 {}", "{} earned"),
}
CHANNELS: Final = {
    Channel.POS: ("店頭", "shops"),
    Channel.EC: ("オンラインショップ", "the online shop"),
    Channel.APP: ("アプリ", "the app"),
    Channel.LINE: ("LINE", "LINE"),
}
FACTS: Final = {
    IdentifierKind.CARD: ("会員カードの保有", "a member card"),
    IdentifierKind.APP_ID: ("アプリの登録", "the app"),
    IdentifierKind.LINE_USER_ID: ("LINEの連携", "LINE linked"),
    IdentifierKind.SHOP_CUSTOMER_ID: ("オンラインショップの会員登録", "an account of the online shop"),
    IdentifierKind.PHONE: ("電話番号の登録", "a phone number"),
    IdentifierKind.EMAIL: ("メールアドレスの登録", "an e-mail address"),
}
_PERIODS: Final = {
    Period.MONTH: ("当月", "this month"),
    Period.QUARTER: ("当四半期", "this quarter"),
    Period.HALF: ("当半期", "this half-year"),
    Period.YEAR: ("当年", "this year"),
}


_OPEN_WINDOWS: Final = {
    JoinYear: ("入会記念日からの1年", "the year since the anniversary of joining"),
    Lifetime: ("累計", "total"),
}


def quantity(question: Question, value: int, locale: Locale) -> str:
    """So much of what a question counts, with its unit: ``¥3,200``, ``3回``, ``200ポイント``."""
    is_ja = locale == "ja"
    if isinstance(question, Joined):
        return f"{value:,}日" if is_ja else _plural(value, "day")
    if isinstance(question, Held):
        return FACTS[question.fact][0 if is_ja else 1]
    match question.measure:
        case Measure.AMOUNT_WITH_TAX | Measure.AMOUNT_WITHOUT_TAX:
            return f"¥{value:,}"
        case Measure.POINTS_EARNED:
            return f"{value:,}ポイント" if is_ja else _plural(value, "point")
        case Measure.VISITS:
            return f"{value:,}回" if is_ja else _plural(value, "visit")
        case Measure.PURCHASES:
            return f"{value:,}回" if is_ja else _plural(value, "purchase")


def _plural(value: int, noun: str) -> str:
    return f"{value:,} {noun}" if value == 1 else f"{value:,} {noun}s"


def unit_of(question: Question) -> str:
    """The unit of a question's answer, for machines: yen, points, visits, purchases, days, or fact."""
    if isinstance(question, Joined):
        return "days"
    if isinstance(question, Held):
        return "fact"
    return {
        Measure.AMOUNT_WITH_TAX: "yen",
        Measure.AMOUNT_WITHOUT_TAX: "yen",
        Measure.VISITS: "visits",
        Measure.PURCHASES: "purchases",
        Measure.POINTS_EARNED: "points",
    }[question.measure]


def describe_window(window: Window, locale: Locale) -> str:
    """A window in words."""
    return _window_words(window)[0 if locale == "ja" else 1]


def _window_words(window: Window) -> tuple[str, str]:
    match window:
        case RollingMonths(1) | CalendarPeriod(Period.MONTH, _):
            return "当月", "this month"
        case RollingMonths(months):
            return f"直近{months}か月", f"the latest {months} months"
        case RollingDays(days):
            return f"直近{days}日", f"the latest {days} days"
        case CalendarPeriod(Period.YEAR, start) if start != 1:
            return f"当年度（{start}月始まり）", f"this fiscal year (from month {start})"
        case CalendarPeriod(period, _):
            return _PERIODS[period]
        case JoinYear() | Lifetime():
            return _OPEN_WINDOWS[type(window)]


def describe_question(question: Question, value: int, locale: Locale) -> str:
    """What is asked for, in words: so much of what, where and within which time."""
    amount = quantity(question, value, locale)
    is_ja = locale == "ja"
    if isinstance(question, Joined):
        return f"入会から{amount}" if is_ja else f"member for {amount}"
    if isinstance(question, Held):
        return amount
    where = _where(question, locale)
    window = describe_window(question.window, locale)
    what = _AMOUNTS[question.measure][0 if is_ja else 1].format(amount)
    return f"{window}で{where}{what}" if is_ja else f"{what}{where} in {window}"


def _where(question: Ask, locale: Locale) -> str:
    is_ja = locale == "ja"
    parts: list[str] = []
    if question.channels:
        names = [CHANNELS[one][0 if is_ja else 1] for one in question.channels]
        parts.append("・".join(names) if is_ja else " and ".join(names))
    if question.stores:
        parts.append(f"対象{len(question.stores)}店舗" if is_ja else f"{len(question.stores)} stores")
    if question.categories:
        parts.append("・".join(question.categories) if is_ja else " and ".join(question.categories))
    if not parts:
        return ""
    return "・".join(parts) + "の" if is_ja else " at " + ", ".join(parts)


def describe_criterion(criterion: Criterion, ladder: Ladder, locale: Locale, *, nested: bool = False) -> str:
    """A criterion in words, with brackets where both "and" and "or" occur."""
    is_ja = locale == "ja"
    match criterion:
        case AllOf(of):
            text = ("、かつ" if is_ja else ", and ").join(
                describe_criterion(one, ladder, locale, nested=True) for one in of
            )
        case AnyOf(of):
            text = ("、または" if is_ja else ", or ").join(
                describe_criterion(one, ladder, locale, nested=True) for one in of
            )
        case AtLeast():
            stores = ladder.store_groups[criterion.stores] if criterion.stores else ()
            ask = Ask(criterion.measure, criterion.window, criterion.channels, stores, criterion.categories)
            text = describe_question(ask, criterion.value, locale)
            return text + "以上" if is_ja else "at least " + text
        case JoinedFor(days):
            text = describe_question(Joined(), days, locale)
            return text + "以上" if is_ja else text + " or longer"
        case Holds(fact):
            return describe_question(Held(fact), 1, locale)
    if not nested or len(criterion.of) == 1:
        return text
    return f"（{text}）" if is_ja else f"({text})"


def describe_ladder(ladder: Ladder, locale: Locale) -> tuple[str, ...]:
    """A ladder in sentences, for whoever is about to publish it."""
    is_ja = locale == "ja"
    sentences = [describe_tier(ladder, level, locale) for level in range(len(ladder.tiers))]
    policies = ladder.policies
    if policies.upgrade == "immediate":
        sentences.append(
            "条件を満たすと、すぐにランクアップします。" if is_ja else "Members rise as soon as they fulfil a tier."
        )
    else:
        sentences.append("ランクアップは次の判定日です。" if is_ja else "Members rise at the next evaluation.")
    sentences += [describe_schedule(ladder, locale), describe_keep(ladder, locale)]
    if policies.grace_days:
        sentences.append(
            f"期限後{policies.grace_days}日は猶予します。" if is_ja else f"{policies.grace_days} days of grace follow."
        )
    if policies.downgrade == "one_step":
        sentences.append("ランクダウンは1段階ずつです。" if is_ja else "Members fall one tier at a time.")
    else:
        sentences.append(
            "ランクダウンは満たしている段階までです。" if is_ja else "Members fall to the tier they fulfil."
        )
    if policies.notice_days:
        sentences.append(
            f"ランクダウンの{policies.notice_days}日前にお知らせします。"
            if is_ja
            else f"Members are told {policies.notice_days} days before they fall."
        )
    if policies.priced_by == "rank_after":
        sentences.append(
            "ランクアップした買い物から、新しいランクで計算します。"
            if is_ja
            else "The purchase that lifts the rank is priced by the new rank already."
        )
    return tuple(sentences)


def describe_tier(ladder: Ladder, level: int, locale: Locale) -> str:
    """What a tier asks for and gives, in a sentence that begins with its name."""
    tier = ladder.tiers[level]
    is_ja = locale == "ja"
    name = tier.name_ja if is_ja else tier.name_en
    if tier.criteria is None:
        return f"{name}：すべての会員" if is_ja else f"{name}: every member"
    text = f"{name}：" if is_ja else f"{name}: "
    text += describe_criterion(tier.criteria, ladder, locale)
    if tier.permanent:
        text += "。一度達すると失いません" if is_ja else "; never lost again"
    if tier.rewards:
        given = ("、" if is_ja else ", ").join(describe_reward(one, locale) for one in tier.rewards)
        text += f"。特典：{given}" if is_ja else f"; gives {given}"
    return text


def describe_reward(reward: Reward, locale: Locale) -> str:
    """What rising gives, in words."""
    is_ja = locale == "ja"
    if isinstance(reward, PointsReward):
        return f"{reward.points:,}ポイント" if is_ja else _plural(reward.points, "point")
    if isinstance(reward, Coupon):
        return f"クーポン「{reward.coupon}」" if is_ja else f"coupon “{reward.coupon}”"
    if isinstance(reward, Benefit):
        return f"特典「{reward.benefit}」" if is_ja else f"benefit “{reward.benefit}”"
    return f"お知らせ「{reward.template}」" if is_ja else f"message “{reward.template}”"


def describe_schedule(ladder: Ladder, locale: Locale) -> str:
    """When all members are evaluated, in a sentence."""
    schedule = ladder.policies.schedule
    if isinstance(schedule, MonthlyOn):
        return (
            f"毎月{schedule.day}日に判定します。"
            if locale == "ja"
            else f"Evaluated on day {schedule.day} of each month."
        )
    if locale == "ja":
        return "毎年" + "、".join(f"{int(one[:2])}月{int(one[3:])}日" for one in schedule.dates) + "に判定します。"
    return "Evaluated each year on " + ", ".join(schedule.dates) + "."


def describe_keep(ladder: Ladder, locale: Locale) -> str:
    """How long a rank is kept, in a sentence."""
    return _keep_words(ladder.policies.keep)[0 if locale == "ja" else 1]


def _keep_words(keep: KeepRule) -> tuple[str, str]:
    match keep:
        case UntilEvaluation(1):
            return "ランクは次の判定日まで続きます。", "A rank is kept until the next evaluation."
        case UntilEvaluation(count):
            return (
                f"ランクは{count}回後の判定日まで続きます。",
                f"A rank is kept until the evaluation number {count} after it.",
            )
        case ForMonths(months):
            english = f"A rank is kept to the end of the month {months} months later."
            return f"ランクは{months}か月後の月末まで続きます。", english
        case UntilYearEnd(years, start):
            when = "その年度末" if years == 0 else f"{years}年後の年度末"
            which = "its year" if years == 0 else f"the year {years} after it"
            english = f"A rank is kept to the end of {which} (years begin in month {start})."
            return f"ランクは{when}（{start}月始まり）まで続きます。", english
