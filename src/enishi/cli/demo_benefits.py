"""The demo's benefits and referrals: invented, and said to be so, for the pages to show. They are made once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from psycopg import Connection

from enishi import audit, benefits, customers, flows, referrals
from enishi.benefits import Benefit, BenefitKind, BenefitSettings, Limit, Per, TierName, Window
from enishi.customers import NewCustomer, Profile
from enishi.flows import PurchaseContext, ReferralClaim
from enishi.kit import clock
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.referrals import Cap, ReferralSettings

_REASON: Final = "デモ用の架空の設定"
_FRIENDS: Final = (
    ("友野 みどり（架空）", "トモノ ミドリ", "midori@demo.enishi.example", "090-0000-0901"),
    ("縁 花（架空）", "エニシ ハナ", "hana+2@demo.enishi.example", "090-0000-0902"),
)


def seed_demo_benefits(conn: Connection, context: PurchaseContext, shown_phone: str) -> None:
    """Publish benefits for the ranks there are and a programme of referrals, where nothing is published yet."""
    now = clock.now()
    with conn.transaction():
        tiers = flows.ladder_tiers(conn, now)
        if not benefits.load_versions(conn):
            settings = BenefitSettings(_benefits(tiers, now))
            benefits.publish_version(conn, settings, now, audit.SYSTEM, _REASON, now, tiers=tiers)
    phone = Identifier(IdentifierKind.PHONE, shown_phone)
    if not referrals.has_versions(conn) and customers.find_by_identifiers(conn, context.keyring, [phone]):
        conn.rollback()
        _refer(conn, context, phone, now)
    conn.rollback()


def _benefits(tiers: tuple[TierName, ...], now: datetime) -> tuple[Benefit, ...]:
    """A few of each kind: for the lower and the upper ranks there are, and for everybody before there are any."""
    lower = tiers[1].code if len(tiers) > 1 else None
    upper = tiers[-1].code if len(tiers) > 1 else None
    knife = Benefit(
        code="new-knife",
        kind=BenefitKind.EARLY_ACCESS,
        name_ja="新作包丁の先行販売（架空）",
        name_en="New knife, early (invented)",
        skus=("4900000000012",),
        windows=() if upper is None else (Window(upper, now + timedelta(days=3)),),
        opens_at=now + timedelta(days=10),
    )
    given = (
        Benefit(
            code="seasonal-sweet",
            kind=BenefitKind.GIFT,
            name_ja="季節の和菓子（架空）",
            name_en="Seasonal sweet (invented)",
            note_ja="お会計のあとに1つお渡しします。",
            note_en="Hand one over after the payment.",
            tier=lower,
            limit=Limit(1, Per.VISIT),
        ),
        Benefit(
            code="secret-menu",
            kind=BenefitKind.SPECIAL_ITEM,
            name_ja="会員限定メニュー（架空）",
            name_en="Members' menu (invented)",
            note_ja="メニュー表の裏面をご案内します。",
            note_en="Show the back of the menu.",
            limit=Limit(2, Per.MONTH),
        ),
        Benefit(
            code="free-shipping",
            kind=BenefitKind.FREE_SHIPPING,
            name_ja="送料無料（架空）",
            name_en="Free shipping (invented)",
            tier=lower,
            channels=("ec", "app"),
            min_amount_yen=3_000,
        ),
        Benefit(
            code="priority-desk",
            kind=BenefitKind.PRIORITY_SUPPORT,
            name_ja="優先サポート窓口（架空）",
            name_en="Priority desk (invented)",
            tier=upper,
        ),
    )
    return (*given, knife) if knife.windows else given


def _refer(conn: Connection, context: PurchaseContext, phone: Identifier, now: datetime) -> None:
    """The shown member has told two friends: one is waiting to buy, one looks like somebody who is known already."""
    with conn.transaction():
        settings = ReferralSettings(wait_days=14, cap=Cap(5, "month"))
        referrals.publish_version(conn, settings, now, audit.SYSTEM, _REASON, now)
        (match,) = customers.find_by_identifiers(conn, context.keyring, [phone])
        code = referrals.code_of(conn, match.customer_id, now)
        friends = customers.create_customers(
            conn,
            context.keyring,
            [
                NewCustomer(
                    joined_at=now,
                    profile=Profile(name=name, name_kana=kana, invented=True),
                    identifiers=(
                        Identifier(IdentifierKind.EMAIL, email),
                        Identifier(IdentifierKind.PHONE, number),
                    ),
                )
                for name, kana, email, number in _FRIENDS
            ],
        )
    hint = flows.GivenHint(referrals.HintKind.DEVICE, "demo-device")
    claims = [ReferralClaim(source="demo", code=code, customer_id=one, channel="app", hints=(hint,)) for one in friends]
    flows.claim_referrals(conn, context, claims, audit.SYSTEM, now)
