"""What the fields of requests and answers mean, where their names and types do not say it all."""

from __future__ import annotations

from typing import Final

from enishi.gateway.benefit_examples import BENEFIT_NOTES
from enishi.gateway.campaigns import CAMPAIGN_NOTES
from enishi.gateway.merges import MERGE_NOTES
from enishi.gateway.oversight_examples import OVERSIGHT_NOTES
from enishi.gateway.point_examples import POINT_NOTES
from enishi.gateway.ranks import RANK_NOTES
from enishi.gateway.referral_examples import REFERRAL_NOTES
from enishi.gateway.registration_examples import REGISTRATION_NOTES
from enishi.gateway.reservation_examples import RESERVATION_NOTES

FIELD_NOTES: Final[dict[str, dict[str, str]]] = {
    **POINT_NOTES,
    **MERGE_NOTES,
    **OVERSIGHT_NOTES,
    **BENEFIT_NOTES,
    **CAMPAIGN_NOTES,
    **REFERRAL_NOTES,
    **REGISTRATION_NOTES,
    **RANK_NOTES,
    **RESERVATION_NOTES,
    "Purchase": {
        "source": "The system that sends the receipt; with `external_id`, the key under which it is recorded.",
        "external_id": "The sender's own number for the receipt. Unique within `source`, for good.",
        "channel": "Where the customer was when they bought.",
        "store": "The store's code. One that is not known yet is registered under its code.",
        "terminal": "The till or device, when there is one.",
        "occurred_at": "When it was bought, with the offset from UTC. It decides programme version and expiry.",
        "identifiers": "Whatever the receipt knows of the customer; several are linked to one person. None: an "
        "anonymous sale.",
        "tax_mode": "Whether the amounts on the lines contain consumption tax (内税) or not (外税).",
        "lines": "What was bought, as on the receipt.",
        "payments": "How it was paid, points aside. May be incomplete; the rest counts as ordinary payment.",
        "points_to_use": "Points taken from the balance as part of the payment, one yen each.",
        "coupon_codes": "Coupons shown. They are recorded; redeeming them is not part of this version.",
        "hold_id": "Points on hold that pay: as many as `points_to_use` says, or all of them as far as the receipt "
        "goes, where that is 0. The rest of the hold is released. Customer and store must be those of the hold.",
        "offline": "The terminal had no connection when the goods left the shop: points it used that are not there are "
        "owed, up to the programme's cap for a terminal and day, instead of refused.",
    },
    "Line": {
        "sku": "The article, by the sender's code; usually its GTIN (JAN).",
        "quantity": "How many. For goods sold by weight, see `amount_yen`.",
        "unit_price_yen": "The price of one, in the purchase's tax mode.",
        "tax_rate_percent": "The consumption tax rate.",
        "discount_yen": "What was taken off this line.",
        "category": "The article's category; the programme may exclude some.",
        "amount_yen": "The amount as printed, before the discount, for goods sold by weight; else quantity × price.",
    },
    "Payment": {
        "method": "Never a card number: only how it was paid.",
        "amount_yen": "How much of the receipt was paid this way.",
    },
    "Identifier": {
        "kind": "What the value is.",
        "value": "In any spelling; phone numbers, e-mail addresses and cards are normalised.",
    },
    "BatchBody": {"purchases": "Each as for a single call."},
    "LookupBody": {
        "identifiers": "Each is looked up by itself.",
        "source": "Whose shop customer IDs these are: the `source` of the purchases that carried them.",
    },
    "PurchaseAnswer": {
        "purchase_id": "The purchase, by our key.",
        "replayed": "Whether it had been recorded before; then this is the first answer again.",
        "customer_id": "Whose it is; null for an anonymous sale.",
        "recorded_at": "When it was recorded here.",
        "total_yen": "What the goods cost, with tax, before points were used.",
        "notices": "Codes of things worth knowing: `card-ended`, `identifier-conflict`, `no-program-in-force`.",
    },
    "Return": {
        "source": "The system that sends the return; with `external_id`, the key under which it is recorded.",
        "external_id": "The sender's own number for the return. Unique within `source`, for good.",
        "store": "The store that takes the goods back.",
        "terminal": "The till or device, when there is one.",
        "occurred_at": "When the goods came back, with the offset from UTC.",
        "receipt": "The purchase that the goods are of, by the key under which it was recorded.",
        "lines": "With a receipt: what of it came back. None: everything that is left.",
        "goods": "Without a receipt: what came back, as lines of a receipt.",
        "tax_mode": "Whether the amounts of `goods` contain consumption tax (内税) or not (外税).",
        "identifiers": "Without a receipt: whose the goods were. Nobody is registered by a return.",
    },
    "ReturnedLine": {
        "line": "The line of the receipt, counted from 1.",
        "quantity": "How many pieces came back. Goods sold by weight without a count are one piece.",
    },
    "ReturnAnswer": {
        "return_id": "The return, by our key.",
        "replayed": "Whether it had been recorded before; then this is the first answer again.",
        "purchase_id": "What it is a return of; null without a receipt.",
        "customer_id": "Whose points moved; null when no customer is known.",
        "occurred_at": "When the goods came back, as sent.",
        "recorded_at": "When it was recorded here.",
        "refund_yen": "What the goods had cost, with tax.",
        "pay_back_yen": "What of it was paid otherwise than with points.",
        "completes": "Whether nothing of the receipt is left.",
        "points": "What happened to the points.",
    },
    "ReturnedPoints": {
        "taken_back": "Points that the goods had earned, now taken back.",
        "absorbed": "Points that they had earned, spent by now, and left to the customer by the programme's policy.",
        "given_back": "Points that the goods had been paid with, now back in their own lots.",
        "lost": "Points that they had been paid with and whose lot has expired.",
        "owed": "What the account owes: the next earnings are set against it.",
        "balance": "What can be spent now.",
    },
    "QuoteAnswer": {
        "customer_id": "Who is known by these identifiers; null when nobody is, who would then be registered.",
        "total_yen": "What the goods cost, with tax, before points are used.",
        "notices": "As recording it would give.",
        "campaigns_not_applied": "Campaigns that are live and give nothing for this purchase, with why.",
    },
    "LookupAnswer": {
        "ended": "Cards among the identifiers that have ended: lost, stolen, replaced. They match nobody."
    },
    "EndedAnswer": {
        "ended_at": "From this instant it names nobody.",
        "replaced": "Whether the customer has a living card.",
        "customer_id": "Whose it was; null unless the key has the scope `customers:read`.",
    },
    "CardBody": {
        "reason": "Why the card ends.",
        "card_id": "The card, as the list of the customer's cards names it. Exactly one of `card_id` and `number`.",
        "number": "The number on the card, in any spelling.",
    },
    "CardAnswer": {
        "card_id": "Names the card within its customer; it tells nothing of the number.",
        "masked": "All but its end hidden.",
        "linked_at": "Since when it is the customer's.",
        "ended_at": "From this instant it names nobody; null for a living card.",
        "replaced_by": "The `card_id` of the card that took its place.",
    },
    "NewCardAnswer": {"number": "Thirteen digits that scan as EAN-13 or Code 128. Only this answer gives it in full."},
    "CardIssueAnswer": {
        "replayed": "Whether this was done before; then it is the same card again.",
        "replaces": "The card that ended for this one; null for a further card.",
    },
    "CardEndAnswer": {"replayed": "Whether it had ended before; then it stays as it ended."},
    "PointsAnswer": {
        "earned": "The sum of the awards.",
        "used": "Taken from the balance for this purchase.",
        "awards": "Each with the sentence that explains it.",
        "balance": "After this purchase; null for an anonymous sale.",
        "pending": "仮ポイント: earned, and not to be used yet; in neither `earned` nor `balance`.",
    },
    "PendingAnswer": {
        "purchase_id": "The purchase that earned them.",
        "due_on": "From this day on they can be used; null while they wait for an event.",
        "waits_for": "The event of the order that they wait for.",
        "reason": "Why so many, in the language of `Accept-Language`.",
    },
    "EventBody": {
        "event": "What happened.",
        "occurred_at": "When, with the offset from UTC. Left out: now.",
    },
    "CancelBody": {"occurred_at": "When, with the offset from UTC. Left out: now."},
    "ExpiringAnswer": {"next_cursor": "Asks for the next page of members; null on the last."},
    "AwardAnswer": {
        "expires_on": "The last day on which the points can be used.",
        "reason": "Why so many, in the language of `Accept-Language`.",
        "entry_id": "The journal entry, to ask for its explanation. Absent in a quote.",
        "campaign": "The code of the campaign that gives them. Absent for the programme's base award.",
    },
    "BalanceAnswer": {
        "available": "What can be spent now: `regular` plus `limited`.",
        "regular": "通常ポイント.",
        "limited": "期間限定ポイント, which have a date of their own and are never extended.",
        "next_expiry": "The points that expire soonest.",
    },
    "LotAnswer": {
        "points": "In a journal entry: how many moved, negative when they left.",
        "expires_on": "The last day on which they can be used.",
    },
    "BatchItem": {
        "status": "The status that a single call would have had.",
        "purchase": "When `status` is 200 or 201.",
        "problem": "When it was refused. `field` is named within this purchase.",
    },
    "Problem": {
        "type": "`urn:enishi:problem:` and the code.",
        "code": "Stable; decide by it.",
        "detail": "What happened to this request, for people.",
        "field": "Which part of the request, as a JSON path such as `lines[2].sku`.",
        "remedy": "What the caller can do.",
        "fields": "For `idempotency-conflict`: where the two bodies differ.",
        "available": "For `insufficient-points`: what could be used.",
        "requested": "For `insufficient-points`: what was asked for.",
        "retry_after_seconds": "For `overloaded` and `unavailable`: when to try again, as in `Retry-After`.",
        "error_id": "For failures: under which name the operator finds it in the log.",
    },
    "CustomerAnswer": {
        "invented": "Whether the person was made up for a demo.",
        "purchases_count": "A key that is bound to stores counts the purchases at those stores.",
        "last_purchase_at": "Likewise.",
        "asked_as": "The ID of the path, where that customer was merged into this one; null otherwise.",
    },
    "IdentifierAnswer": {"masked": "All but its end hidden."},
    "EntryAnswer": {
        "points": "What the customer gained; negative when points were used.",
        "balance_after": "All points on the account after this entry, expired ones included until they are swept.",
        "lots": "Which lots moved, and by how much.",
        "purchase_id": "The purchase that caused it.",
    },
    "JournalAnswer": {"next_cursor": "Give it as `cursor` for the page after; null when there is none."},
    "ExplanationAnswer": {
        "sentence": "The whole answer in one sentence.",
        "steps": "The arithmetic, in order.",
        "version": "The programme version that priced an earning; null for points used.",
    },
}
"""Notes by schema and field, in Markdown's plainest form."""
