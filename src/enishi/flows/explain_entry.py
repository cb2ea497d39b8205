"""The answer to "why?" for any journal entry, in plain Japanese or English, with its arithmetic and its facts."""

from __future__ import annotations

from msgspec import Struct
from psycopg import Connection

from enishi import ledger, program, purchases
from enishi.flows.award_bases import decode_basis, explain_award_in_a_sentence, explain_basis
from enishi.flows.bases import AdjustmentBasis, ReinstatementBasis, ReturnBasis
from enishi.flows.book_entries import late_step
from enishi.flows.context import PurchaseContext
from enishi.flows.entry_sentences import basis_of, write_cancelled, write_sentence
from enishi.flows.model import PendingLine
from enishi.ledger import Entry, EntryType, Kind, Lot
from enishi.program import Explanation, Locale, ProgramVersion, Step
from enishi.purchases import StoredPurchase

_KINDS: dict[Locale, dict[Kind, str]] = {
    "ja": {Kind.REGULAR: "通常ポイント", Kind.LIMITED: "期間限定ポイント"},
    "en": {Kind.REGULAR: "Regular points", Kind.LIMITED: "Limited points"},
}


class EntryExplanation(Struct, frozen=True):
    """Why an entry moved the points it did: one sentence, the steps to it, and the facts behind it."""

    entry: Entry
    sentence: str
    steps: tuple[Step, ...]
    version: ProgramVersion | None
    purchase: StoredPurchase | None


def explain_entry(
    conn: Connection,
    context: PurchaseContext,
    entry_id: str,
    locale: Locale,
    *,
    for_member: bool = False,
    with_notes: bool = False,
) -> EntryExplanation:
    """Explain one entry; ``for_member`` leaves out what concerns the company's books alone. Raises ``NotFound``.

    ``with_notes`` adds what colleagues have noted, which is for nobody else to see.
    """
    entry = ledger.load_entry(conn, entry_id)
    found = {} if entry.purchase_id is None else purchases.load_purchases(conn, [entry.purchase_id])
    purchase = found.get(entry.purchase_id) if entry.purchase_id else None
    number = _version_of(entry)
    version = next((one for one in context.versions(conn) if one.version == number), None) if number else None
    explanation = explain_movement(entry, locale)
    steps = explanation.steps if for_member else (*explanation.steps, *late_step(conn, entry, locale))
    if with_notes:
        steps = (*steps, *_note_steps(conn, entry, locale))
    return EntryExplanation(entry, explanation.sentence, steps, version, purchase)


def _note_steps(conn: Connection, entry: Entry, locale: Locale) -> tuple[Step, ...]:
    basis = basis_of(entry)
    if not isinstance(basis, AdjustmentBasis | ReinstatementBasis):
        return ()
    note = ledger.note_of_operation(conn, basis.operation_id)
    return (Step("メモ（社内のみ）" if locale == "ja" else "Note (for colleagues)", note),) if note else ()


def _version_of(entry: Entry) -> int:
    """The number of the programme's version that decided an entry; 0 when none did."""
    if entry.type is EntryType.EARN and entry.basis is not None:
        return decode_basis(entry.basis).version
    basis = basis_of(entry)
    return basis.version if isinstance(basis, ReturnBasis) else 0


def explain_movement(entry: Entry, locale: Locale) -> Explanation:
    """The sentence and the steps of an entry, from what is stored in it alone."""
    if entry.type is EntryType.EARN and entry.basis is not None:
        basis = decode_basis(entry.basis)
        explained = explain_basis(basis, locale)
        cancelled = 0 if entry.purchase_id else basis.points - entry.points
        if cancelled <= 0:
            return Explanation(explained.sentence, (*explained.steps, *_lot_steps(entry, locale)))
        steps = (*explained.steps, *_cancelled_steps(cancelled, entry.points, locale), *_lot_steps(entry, locale))
        return Explanation(explained.sentence + write_cancelled(cancelled, entry.points, locale), steps)
    return Explanation(write_sentence(entry, locale), tuple(_lot_steps(entry, locale)))


def explain_pending(line: PendingLine, locale: Locale) -> str:
    """The arithmetic of points that wait, in one sentence, and what returns have cancelled of them."""
    sentence = explain_award_in_a_sentence(line, locale)
    return sentence + write_cancelled(line.cancelled, line.points, locale) if line.cancelled else sentence


def _cancelled_steps(cancelled: int, left: int, locale: Locale) -> tuple[Step, Step]:
    """What returns cancelled of an award while it waited, and what became points."""
    labels = (
        ("仮ポイントのうちの取消（返品）", "付いたポイント")
        if locale == "ja"
        else ("Cancelled by returns while pending", "Became points")
    )
    return Step(labels[0], _signed(-cancelled)), Step(labels[1], f"{left:,}pt")


def summarise(entry: Entry, locale: Locale) -> str:
    """An entry in one line."""
    return explain_movement(entry, locale).sentence


def _lot_steps(entry: Entry, locale: Locale) -> list[Step]:
    """Where the points went to or came from, and what of them was set against points owed."""
    owing = _owing_step(entry, locale)
    if entry.type is not EntryType.EARN:
        return [*(Step(_lot_label(move, locale), _signed(move.points)) for move in entry.moves if move.points), *owing]
    steps: list[Step] = []
    if entry.moves:
        until = f"{entry.moves[-1].expires_on:%Y/%m/%d}"
        steps.append(Step("有効期限" if locale == "ja" else "Valid through", until))
    moved = -sum(move.points for move in entry.moves if move.points < 0)
    if moved:
        label = "同じ日まで延長された通常ポイント" if locale == "ja" else "Regular points extended to the same day"
        steps.append(Step(label, f"{moved:,}pt"))
    return [*steps, *owing]


def _owing_step(entry: Entry, locale: Locale) -> list[Step]:
    owed = entry.points - sum(move.points for move in entry.moves)
    if owed == 0:
        return []
    if owed > 0:
        return [Step("不足していたポイントへの充当" if locale == "ja" else "Set against points owed", f"{owed:,}pt")]
    return [
        Step("不足分（次に付くポイントから充当）" if locale == "ja" else "Owed, set against the next", f"{-owed:,}pt")
    ]


def _signed(points: int) -> str:
    return f"−{-points:,}pt" if points < 0 else f"+{points:,}pt"


def _lot_label(move: Lot, locale: Locale) -> str:
    until = f"{move.expires_on:%Y/%m/%d}"
    kind = _KINDS[locale][move.kind]
    return f"{kind}({until} まで有効)" if locale == "ja" else f"{kind} (valid through {until})"


def explain_missing_award(
    conn: Connection, context: PurchaseContext, purchase: StoredPurchase, locale: Locale
) -> Explanation | None:
    """Why a purchase earned nothing; None when it did earn."""
    if purchase.points_earned:
        return None
    version = program.version_at(context.versions(conn), purchase.occurred_at)
    return program.explain_no_award(purchases.as_sent(purchase), version, purchase.points_to_use, locale)
