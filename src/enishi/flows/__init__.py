"""Use cases that cross domains. The order of effects is readable here, and nowhere else."""

from enishi.flows.adjust_points import API_ROLE, Adjustment, QuotedAdjustment, adjust_points, quote_adjustment
from enishi.flows.adjusted_points import AdjustedPoints, Author, settings_at
from enishi.flows.apply_configuration import (
    AppliedConfiguration,
    ConfigurationOrder,
    apply_configuration,
    examine_configuration,
    read_current,
)
from enishi.flows.award_bases import explain_award, explain_award_in_a_sentence
from enishi.flows.backtest import Backtest, NothingToTry, RankMove, Row, backtest
from enishi.flows.campaign_reasons import explain_missing_campaigns
from enishi.flows.cancel_purchases import Cancellation, cancel_purchases
from enishi.flows.claim_purchase import Claim, ClaimedPurchase, claim_purchases
from enishi.flows.claim_referral import ClaimedReferral, GivenHint, ReferralClaim, claim_referrals
from enishi.flows.close_month import CloseOutcome, CloseStep, close_month, close_through
from enishi.flows.confirm_pending import EventReport, RecordedEvent, confirm_due_points, record_purchase_events
from enishi.flows.consume_holds import HoldOfAnother, HoldTooSmall
from enishi.flows.context import PurchaseContext
from enishi.flows.customer_standing import ladder_tiers, load_standings
from enishi.flows.decide_adjustment import Decision, ForeseenDecision, decide_adjustment, foresee_decisions
from enishi.flows.end_card import end_card
from enishi.flows.evaluate_ranks import EvaluationOutcome, end_overrides, evaluate_ranks, request_notices, tend_ranks
from enishi.flows.expire_points import ExpiryOutcome, expire_points
from enishi.flows.explain_entry import (
    EntryExplanation,
    explain_entry,
    explain_missing_award,
    explain_movement,
    explain_pending,
    summarise,
)
from enishi.flows.freeze_account import FreezeOrder, FrozenAccount, set_frozen
from enishi.flows.give_benefits import CustomerBenefits, GivenBenefit, GiveOrder, customer_benefits, give_benefits
from enishi.flows.grant_benefits import grant_rank_benefits
from enishi.flows.held_ranks import rank_of, tier_codes, tier_names
from enishi.flows.holds import CaptureHold, ChangedHold, HoldChange, PlaceHold, ReleaseHold, change_holds, lapse_holds
from enishi.flows.model import (
    CARD_ENDED,
    IDENTIFIER_CONFLICT,
    NO_PROGRAM,
    POINTS_PENDING,
    REFERRAL_REWARDED,
    AwardLine,
    BalanceLine,
    CardEnded,
    ExpiringPoints,
    NoCustomerForPoints,
    PendingLine,
    QuotedPurchase,
    RecordedPurchase,
    RecordedReturn,
    UnprocessableOperation,
    UnprocessablePurchase,
)
from enishi.flows.offline_spends import OfflineReport, offline_report
from enishi.flows.pending_awards import beginning_of
from enishi.flows.quote_claim import QuotedClaim, quote_claim
from enishi.flows.quote_purchases import quote_for_customer, quote_purchases
from enishi.flows.quote_returns import QuotedReturn, quote_return
from enishi.flows.rank_changes import override_rank, read_ranks
from enishi.flows.read_books import (
    BooksAt,
    LotAt,
    MemberAt,
    OpenMonths,
    draw_up_month,
    known_settings,
    list_members_at,
    list_months,
    open_view,
    read_books_at,
    read_month,
    see_one_instant,
    settings_for,
)
from enishi.flows.read_customers import (
    MAX_PAGE,
    FoundCustomer,
    Overview,
    PurchaseDetail,
    Timeline,
    TimelineItem,
    customer_overview,
    entries_of,
    find_customers,
    load_overviews,
    pending_points,
    purchase_detail,
    timeline,
    zone_today,
)
from enishi.flows.read_expiring import MAX_EXPIRING_DAYS, ExpiringOverview, expiring_points
from enishi.flows.read_points_at import PointsAt, read_points_at
from enishi.flows.read_returns import ReturnDetail, returns_of
from enishi.flows.read_standing import AwaitedPoints, Standing, read_standing, tell_hold, tell_when
from enishi.flows.read_transfers import TransferEntry, list_transfers
from enishi.flows.record_purchases import record_purchases
from enishi.flows.record_returns import record_returns
from enishi.flows.register_customers import register_customers
from enishi.flows.reinstate_points import (
    ReinstatedPoints,
    Reinstatement,
    quote_reinstatement,
    reinstate_points,
)
from enishi.flows.reissue_card import issue_card, reissue_card
from enishi.flows.replay_past import Sums
from enishi.flows.reserve_slots import (
    book_slot,
    change_slot,
    find_customer,
    leave_waiting_list,
    serve_waiting_lists,
    settle_slot,
    wait_for_slot,
)
from enishi.flows.return_words import tell_return_policy
from enishi.flows.review_referrals import decide_referral, pay_due_referrals
from enishi.flows.set_family import MAX_MEMBERS as MAX_FAMILY_MEMBERS
from enishi.flows.set_family import Family, read_family, set_family
from enishi.flows.transfer_points import (
    Party,
    Transfer,
    TransferredPoints,
    TransferRefused,
    Way,
    quote_transfer,
    transfer_points,
)
from enishi.flows.verify import VerifyOutcome, verify_all
from enishi.flows.verify_books import compare_books

__all__ = [
    "API_ROLE",
    "CARD_ENDED",
    "IDENTIFIER_CONFLICT",
    "MAX_EXPIRING_DAYS",
    "MAX_FAMILY_MEMBERS",
    "MAX_PAGE",
    "NO_PROGRAM",
    "POINTS_PENDING",
    "REFERRAL_REWARDED",
    "AdjustedPoints",
    "Adjustment",
    "AppliedConfiguration",
    "Author",
    "AwaitedPoints",
    "AwardLine",
    "Backtest",
    "BalanceLine",
    "BooksAt",
    "Cancellation",
    "CaptureHold",
    "CardEnded",
    "ChangedHold",
    "Claim",
    "ClaimedPurchase",
    "ClaimedReferral",
    "CloseOutcome",
    "CloseStep",
    "ConfigurationOrder",
    "CustomerBenefits",
    "Decision",
    "EntryExplanation",
    "EvaluationOutcome",
    "EventReport",
    "ExpiringOverview",
    "ExpiringPoints",
    "ExpiryOutcome",
    "Family",
    "ForeseenDecision",
    "FoundCustomer",
    "FreezeOrder",
    "FrozenAccount",
    "GiveOrder",
    "GivenBenefit",
    "GivenHint",
    "HoldChange",
    "HoldOfAnother",
    "HoldTooSmall",
    "LotAt",
    "MemberAt",
    "NoCustomerForPoints",
    "NothingToTry",
    "OfflineReport",
    "OpenMonths",
    "Overview",
    "Party",
    "PendingLine",
    "PlaceHold",
    "PointsAt",
    "PurchaseContext",
    "PurchaseDetail",
    "QuotedAdjustment",
    "QuotedClaim",
    "QuotedPurchase",
    "QuotedReturn",
    "RankMove",
    "RecordedEvent",
    "RecordedPurchase",
    "RecordedReturn",
    "ReferralClaim",
    "ReinstatedPoints",
    "Reinstatement",
    "ReleaseHold",
    "ReturnDetail",
    "Row",
    "Standing",
    "Sums",
    "Timeline",
    "TimelineItem",
    "Transfer",
    "TransferEntry",
    "TransferRefused",
    "TransferredPoints",
    "UnprocessableOperation",
    "UnprocessablePurchase",
    "VerifyOutcome",
    "Way",
    "adjust_points",
    "apply_configuration",
    "backtest",
    "beginning_of",
    "book_slot",
    "cancel_purchases",
    "change_holds",
    "change_slot",
    "claim_purchases",
    "claim_referrals",
    "close_month",
    "close_through",
    "compare_books",
    "confirm_due_points",
    "customer_benefits",
    "customer_overview",
    "decide_adjustment",
    "decide_referral",
    "draw_up_month",
    "end_card",
    "end_overrides",
    "entries_of",
    "evaluate_ranks",
    "examine_configuration",
    "expire_points",
    "expiring_points",
    "explain_award",
    "explain_award_in_a_sentence",
    "explain_entry",
    "explain_missing_award",
    "explain_missing_campaigns",
    "explain_movement",
    "explain_pending",
    "find_customer",
    "find_customers",
    "foresee_decisions",
    "give_benefits",
    "grant_rank_benefits",
    "issue_card",
    "known_settings",
    "ladder_tiers",
    "lapse_holds",
    "leave_waiting_list",
    "list_members_at",
    "list_months",
    "list_transfers",
    "load_overviews",
    "load_standings",
    "offline_report",
    "open_view",
    "override_rank",
    "pay_due_referrals",
    "pending_points",
    "purchase_detail",
    "quote_adjustment",
    "quote_claim",
    "quote_for_customer",
    "quote_purchases",
    "quote_reinstatement",
    "quote_return",
    "quote_transfer",
    "rank_of",
    "read_books_at",
    "read_current",
    "read_family",
    "read_month",
    "read_points_at",
    "read_ranks",
    "read_standing",
    "record_purchase_events",
    "record_purchases",
    "record_returns",
    "register_customers",
    "reinstate_points",
    "reissue_card",
    "request_notices",
    "returns_of",
    "see_one_instant",
    "serve_waiting_lists",
    "set_family",
    "set_frozen",
    "settings_at",
    "settings_for",
    "settle_slot",
    "summarise",
    "tell_hold",
    "tell_return_policy",
    "tell_when",
    "tend_ranks",
    "tier_codes",
    "tier_names",
    "timeline",
    "transfer_points",
    "verify_all",
    "wait_for_slot",
    "zone_today",
]
