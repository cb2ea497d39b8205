"""Ranks for machines: what a customer holds, what is missing to the next rank, and how it came about."""

from __future__ import annotations

from typing import Any, Final

from psycopg import Connection

from enishi import customers, flows, ranks
from enishi.access import ApiScope
from enishi.gateway.customers import standing_customer_of
from enishi.gateway.http import Locale, Request, Response, answer
from enishi.gateway.parameters import ACCEPT_LANGUAGE, CUSTOMER_ID
from enishi.gateway.rank_model import CustomerRankAnswer, RankChangeAnswer
from enishi.gateway.rank_words import rank_answer
from enishi.gateway.route import Route, Success
from enishi.gateway.services import Services
from enishi.kit import clock
from enishi.kit.errors import NotFound
from enishi.ranks import RankChange

CHANGES_SHOWN: Final = 50


async def show_rank(services: Services, request: Request) -> Response:
    """A customer's rank. Refuses ``NotFound``."""
    customer_id = await standing_customer_of(services, request)

    def load(conn: Connection) -> CustomerRankAnswer:
        if not customers.find_known(conn, [customer_id]):
            raise NotFound("There is no such customer.", field="customer_id")
        held = flows.read_ranks(conn, services.context, [customer_id], clock.now()).get(customer_id)
        changes = ranks.select_changes(conn, [customer_id], CHANGES_SHOWN)
        return CustomerRankAnswer(
            customer_id,
            None if held is None else rank_answer(held, request.locale),
            [_change_answer(one, request.locale) for one in changes],
        )

    return answer(200, await services.lanes.read(load))


def _change_answer(one: RankChange, locale: Locale) -> RankChangeAnswer:
    return RankChangeAnswer(
        one.from_tier,
        one.to_tier,
        one.effective_at,
        one.cause.value,
        ranks.tell_cause(one.cause, locale),
        one.ladder_version,
    )


RANK_ROUTES: Final = (
    Route(
        method="GET",
        path="/v1/customers/{customer_id}/rank",
        handler=show_rank,
        tag="Customers",
        summary="Show a customer's rank",
        description=(
            "The rank, what is missing to the next one by each alternative, what to keep this one, and by when; with "
            "the newest changes. The sentences are in the language of `Accept-Language`."
        ),
        scope=ApiScope.CUSTOMERS_READ,
        parameters=(CUSTOMER_ID, ACCEPT_LANGUAGE),
        answers=(Success(200, "The rank.", CustomerRankAnswer),),
        own_refusals=(NotFound,),
    ),
)

RANK_NOTES: Final[dict[str, dict[str, str]]] = {
    "WantAnswer": {
        "question": "`amount_with_tax`, `amount_without_tax`, `visits`, `purchases`, `points_earned`, `joined_for`, or "
        "`holds:` and a kind of identifier.",
        "unit": "`yen`, `points`, `visits`, `purchases`, `days`, or `fact` (0 or 1).",
        "by": "The last day on which what is there still counts; null without an end.",
        "window": "`months:6`, `days:90`, `calendar:year:4`, `join_year`, `lifetime`, or empty.",
        "channels": "Only purchases of these channels count; empty: all.",
        "stores": "Only purchases in these stores count; empty: all.",
        "categories": "Only goods of these categories count; empty: all.",
    },
    "TierProgressAnswer": {
        "met": "Nothing is missing.",
        "by": "The last day for it; null without an end.",
        "sentence": "The same in one sentence.",
        "ways": "Any one of these will do, and of it everything.",
    },
    "RankAnswer": {
        "level": "0 is the lowest.",
        "since": "Since when it is held; null: the customer never had another than the lowest.",
        "keep_until": "The last day through which it is kept whatever is bought; null does not end.",
        "rose_from": "The tier held before, when this very purchase lifted it.",
        "sentence": "One line for a display.",
        "next": "What is missing to the next tier; null at the top.",
        "keep": "What is missing to keep this one; null where nothing can take it.",
    },
    "RankChangeAnswer": {
        "cause": "`purchase`, `claim`, `points`, `return`, `evaluation`, `override`, `override_ended` or `merge`.",
        "reason": "The cause in words.",
        "ladder": "The number of the ladder that decided.",
    },
}

_WANT: Final[dict[str, Any]] = {
    "question": "amount_with_tax",
    "unit": "yen",
    "found": 26_800,
    "needed": 30_000,
    "missing": 3_200,
    "by": "2026-11-30",
    "window": "months:6",
    "channels": [],
    "stores": [],
    "categories": [],
}
RANK_EXAMPLE: Final[dict[str, Any]] = {
    "tier": "silver",
    "level": 1,
    "name": "シルバー",
    "colour": "#7C8A99",
    "since": "2026-09-14T03:12:45Z",
    "keep_until": "2026-11-30",
    "rose_from": None,
    "sentence": "シルバー：あと¥3,200でゴールド（2026/11/30まで）",
    "next": {
        "tier": "gold",
        "level": 2,
        "name": "ゴールド",
        "met": False,
        "by": "2026-11-30",
        "sentence": "あと¥3,200でゴールド（2026/11/30まで）",
        "ways": [[_WANT]],
    },
    "keep": {
        "tier": "silver",
        "level": 1,
        "name": "シルバー",
        "met": True,
        "by": "2026-11-30",
        "sentence": "シルバーを継続できます",
        "ways": [[{**_WANT, "needed": 10_000, "missing": 0}]],
    },
}
RANK_ANSWERS: Final[dict[tuple[str, int], Any]] = {
    ("show_rank", 200): {
        "customer_id": "019a9d4b-7c11-7a52-9f0e-3f1f2c5d7e10",
        "rank": RANK_EXAMPLE,
        "changes": [
            {
                "from_tier": "regular",
                "to_tier": "silver",
                "effective_at": "2026-09-14T03:12:45Z",
                "cause": "purchase",
                "reason": "お買い物で条件を満たしました",
                "ladder": 1,
            }
        ],
    },
}
