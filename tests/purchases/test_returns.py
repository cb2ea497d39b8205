"""What is left of a receipt, of which goods came back: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from enishi.purchases import Channel, FirstAnswer, Line, StoredPurchase, TaxMode, remaining, total_yen

NOON = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)


def receipt(line: Line, tax_mode: TaxMode) -> StoredPurchase:
    return StoredPurchase(
        purchase_id=UUID(int=1),
        source="pos",
        external_id="R1",
        channel=Channel.POS,
        store="S1",
        terminal="",
        occurred_at=NOON,
        recorded_at=NOON,
        customer_id=None,
        identifiers=(),
        tax_mode=tax_mode,
        lines=(line,),
        payments=(),
        points_to_use=0,
        coupon_codes=(),
        total_yen=0,
        fingerprint=b"",
        first_seq=1,
        entry_count=0,
        points_earned=0,
        answer=FirstAnswer(0, 0, 0),
    )


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Goods by the piece or by weight, with a discount up to all they cost."""
    pieces, price = draw(st.integers(1, 12)), draw(st.integers(0, 40))
    amount = draw(st.none() | st.integers(0, 60))
    most = pieces * price if amount is None else amount
    discount = draw(st.integers(0, most))
    return Line("A", pieces, price, draw(st.sampled_from((8, 10))), discount_yen=discount, amount_yen=amount)


@given(lines(), st.sampled_from(TaxMode))
def test_fewer_pieces_never_cost_more(line, tax_mode):
    stored = receipt(line, tax_mode)
    left = [remaining(stored, {1: back}) for back in range(line.quantity + 1)]
    costs = [0 if one is None else total_yen(one) for one in left]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == 0
