"""Ranks as the gateway writes them."""

from __future__ import annotations

from enishi import ranks
from enishi.gateway.http import Locale
from enishi.gateway.rank_model import RankAnswer, TierProgressAnswer, WantAnswer
from enishi.ranks import TierProgress, Want


def rank_answer(held: ranks.RankAnswer, locale: Locale) -> RankAnswer:
    """A rank with its progress."""
    return RankAnswer(
        held.tier,
        held.level,
        held.name_ja if locale == "ja" else held.name_en,
        held.colour,
        held.since,
        held.keep_until,
        held.rose_from,
        ranks.tell_rank(held, locale),
        None if held.next is None else _progress_answer(held.next, locale, keeps=False),
        None if held.keep is None else _progress_answer(held.keep, locale, keeps=True),
    )


def _progress_answer(progress: TierProgress, locale: Locale, *, keeps: bool) -> TierProgressAnswer:
    return TierProgressAnswer(
        progress.tier,
        progress.level,
        progress.name_ja if locale == "ja" else progress.name_en,
        progress.met,
        progress.by,
        ranks.tell_progress(progress, locale, keeps=keeps),
        [[_want_answer(want) for want in way] for way in progress.ways],
    )


def _want_answer(want: Want) -> WantAnswer:
    return WantAnswer(
        want.question,
        want.unit,
        want.found,
        want.needed,
        want.missing,
        want.by,
        want.window,
        want.channels,
        want.stores,
        want.categories,
    )
