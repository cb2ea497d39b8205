"""Turning what the flows read into the JSON that pages receive. Pure: no database, no clock."""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from enishi import flows, purchases
from enishi.access import Locale
from enishi.catalog import Store
from enishi.customers import CustomerRecord
from enishi.flows import EntryExplanation, FoundCustomer, Overview, ReturnDetail
from enishi.ledger import Balance, Entry, Lot
from enishi.program import ProgramVersion, Step, describe
from enishi.purchases import StoredPurchase
from enishi.web.masking import mask_identifier
from enishi.web.shapes import (
    BalanceShape,
    CustomerBrief,
    CustomerShape,
    EndedCardFound,
    EntryShape,
    Expiring,
    Explanation,
    ExplanationStep,
    IdentifierShown,
    LineShape,
    LotMove,
    PaymentShape,
    PointKind,
    ProgramVersionShape,
    PurchaseBrief,
    PurchaseDetail,
    ReturnedLineShape,
    ReturnShape,
    StoreRef,
    TaxShape,
    VersionRef,
)


class View(Struct, frozen=True):
    """In which language, with which store names, and whether identifiers are masked."""

    language: Locale
    stores: Mapping[str, Store]
    masked: bool = True

    def store(self, code: str) -> StoreRef:
        """A store by its name; one that is not registered goes by its code."""
        known = self.stores.get(code)
        return StoreRef(code=code, name=known.name if known else code)


def present_balance(balance: Balance) -> BalanceShape:
    """What can be spent."""
    lots = [Expiring(kind=_kind(lot), points=lot.points, expires_on=lot.expires_on) for lot in balance.lots]
    return BalanceShape(
        available=balance.available,
        owed=balance.owed,
        regular=balance.regular,
        limited=balance.limited,
        lots=lots,
        next_expiry=lots[0] if lots else None,
    )


def present_identifiers(record: CustomerRecord, *, masked: bool) -> list[IdentifierShown]:
    """A customer's identifiers, strongest kind first, masked or in full."""
    return [
        IdentifierShown(
            kind=one.kind.value,
            value=mask_identifier(one.kind.value, one.value) if masked else one.value,
            linked_at=one.linked_at,
        )
        for one in record.identifiers
    ]


def present_brief(found: FoundCustomer, *, masked: bool) -> CustomerBrief:
    """A customer as a search result."""
    overview, ended = found.overview, found.ended
    profile = overview.customer.profile
    return CustomerBrief(
        customer_id=overview.customer.customer_id,
        name=profile.name,
        name_kana=profile.name_kana,
        invented=profile.invented,
        identifiers=present_identifiers(overview.customer, masked=masked),
        available=overview.balance.available,
        last_purchase_at=overview.figures.last_at,
        matched_by=found.matched_by,
        ended_card=None
        if ended is None
        else EndedCardFound(ended_at=ended.ended_at, reason=ended.reason.value, replaced=ended.replaced),
    )


def present_customer(overview: Overview, *, masked: bool) -> CustomerShape:
    """The head of a customer page."""
    profile = overview.customer.profile
    return CustomerShape(
        customer_id=overview.customer.customer_id,
        joined_at=overview.customer.joined_at,
        name=profile.name,
        name_kana=profile.name_kana,
        birth_date=profile.birth_date,
        gender=profile.gender,
        note=profile.note,
        invented=profile.invented,
        identifiers=present_identifiers(overview.customer, masked=masked),
        balance=present_balance(overview.balance),
        purchases_count=overview.figures.purchases,
        purchases_total_yen=overview.figures.total_yen,
        last_purchase_at=overview.figures.last_at,
        first_purchase_at=overview.figures.first_at,
    )


def present_entry(entry: Entry, view: View) -> EntryShape:
    """A journal entry. Its kind is that of the last lot it moved: what was earned, or what was used last."""
    return EntryShape(
        entry_id=entry.entry_id,
        type=entry.type.value,
        points=entry.points,
        # Where all of it was owed, no lot was moved.
        kind=_kind(entry.moves[-1]) if entry.moves else "regular",
        balance_after=entry.balance_after,
        occurred_at=entry.occurred_at,
        recorded_at=entry.recorded_at,
        store=view.store(entry.store) if entry.store else None,
        purchase_id=entry.purchase_id,
        lots=[LotMove(kind=_kind(move), points=move.points, expires_on=move.expires_on) for move in entry.moves],
        summary=flows.summarise(entry, view.language.value),
    )


def present_purchase(purchase: StoredPurchase, view: View) -> PurchaseBrief:
    """A receipt without its lines."""
    return PurchaseBrief(
        purchase_id=purchase.purchase_id,
        external_id=purchase.external_id,
        source=purchase.source,
        channel=purchase.channel.value,
        store=view.store(purchase.store),
        terminal=purchase.terminal,
        occurred_at=purchase.occurred_at,
        recorded_at=purchase.recorded_at,
        total_yen=purchase.total_yen,
        lines_count=len(purchase.lines),
        points_used=purchase.points_to_use,
        points_earned=purchase.points_earned,
        merged=purchase.booked_on is not None,
    )


def present_detail(detail: flows.PurchaseDetail, returned: Sequence[ReturnDetail], view: View) -> PurchaseDetail:
    """A receipt in full, with what has come back of it."""
    purchase = detail.purchase
    back = Counter[int]()
    for one in returned:
        back.update({line.line: line.quantity for line in one.lines})
    return PurchaseDetail(
        **present_purchase(purchase, view).model_dump(),
        tax_mode=purchase.tax_mode.value,
        customer_id=purchase.customer_id,
        lines=[
            LineShape(
                sku=line.sku,
                category=line.category,
                quantity=line.quantity,
                unit_price_yen=line.unit_price_yen,
                tax_rate_percent=line.tax_rate_percent,
                discount_yen=line.discount_yen,
                net_yen=line.net_yen,
                pieces=purchases.goods_of(line),
                returned=back[number],
            )
            for number, line in enumerate(purchase.lines, 1)
        ],
        payments=[PaymentShape(method=one.method.value, amount_yen=one.amount_yen) for one in purchase.payments],
        taxes=[TaxShape(rate_percent=rate, gross_yen=gross, tax_yen=tax) for rate, gross, tax in detail.taxes],
        coupon_codes=list(purchase.coupon_codes),
        entries=present_entries(detail.entries, view),
        returns=[present_return(one, view) for one in returned],
        booked_in=detail.booked_in,
    )


def present_return(one: ReturnDetail, view: View) -> ReturnShape:
    """Goods that came back."""
    return ReturnShape(
        return_id=one.return_id,
        store=view.store(one.store),
        occurred_at=one.occurred_at,
        recorded_at=one.recorded_at,
        lines=[ReturnedLineShape(line=line.line, quantity=line.quantity) for line in one.lines],
        refund_yen=one.refund_yen,
        pay_back_yen=one.pay_back_yen,
        points_taken_back=one.points_taken_back,
        points_absorbed=one.points_absorbed,
        points_given_back=one.points_given_back,
        points_lost=one.points_lost,
        pending_cancelled=one.pending_cancelled,
        completes=one.completes,
        entries=present_entries(one.entries, view),
    )


def present_entries(entries: Sequence[Entry], view: View) -> list[EntryShape]:
    """Journal entries, in their order."""
    return [present_entry(entry, view) for entry in entries]


def present_explanation(found: EntryExplanation, view: View, *, to_member: bool) -> Explanation:
    """The answer to "why?". Who published a version, and for what reason, is head office's own business."""
    version = None if found.version is None else _version(found.version)
    if version is not None and to_member:
        version = version.model_copy(update={"author": "", "reason": ""})
    return Explanation(
        entry=present_entry(found.entry, view),
        sentence=found.sentence,
        steps=present_steps(found.steps),
        version=version,
        purchase=None if found.purchase is None else present_purchase(found.purchase, view),
    )


def present_steps(steps: Sequence[Step]) -> list[ExplanationStep]:
    """The arithmetic of an explanation."""
    return [ExplanationStep(label=step.label, value=step.value) for step in steps]


def present_version(version: ProgramVersion, language: Locale, settings: dict[str, object]) -> ProgramVersionShape:
    """A version of the programme in plain words; ``settings`` is the same as JSON."""
    return ProgramVersionShape(
        **_version(version).model_dump(),
        published_at=version.published_at,
        settings=settings,
        sentences=list(describe(version.settings, language.value)),
    )


def _version(version: ProgramVersion) -> VersionRef:
    return VersionRef(
        version=version.version,
        name=version.settings.name,
        effective_at=version.effective_at,
        author=version.author,
        reason=version.reason,
    )


def _kind(lot: Lot) -> PointKind:
    return "regular" if lot.kind.label == "regular" else "limited"
