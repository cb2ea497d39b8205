"""Claiming a referral code: the new member says who brought them, and what looks like one person or a ring is held.

Claims of one code follow each other, and so do those at one terminal; so what is counted for the checks is exact. A
held claim earns like any other, and is paid only when somebody has looked at it: see ``review_referrals``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from psycopg import Connection

from enishi import audit, customers, ledger, referrals
from enishi.customers import CustomerRecord
from enishi.flows.context import PurchaseContext
from enishi.flows.parties import BlindParty, blind_party, find_parties, settle_in_rounds
from enishi.kit import clock
from enishi.kit.errors import Refusal
from enishi.kit.identifiers import Identifier, IdentifierKind
from enishi.kit.ids import new_id
from enishi.kit.outbox import insert_events
from enishi.purchases import Source
from enishi.referrals import (
    ChannelName,
    Claimed,
    Hint,
    HintKind,
    Referral,
    ReferralRefused,
    ReferralSettings,
    ReferralState,
    ReferralVersion,
)

REFERRAL_CLAIMED = "referral.claimed"

Plain = Annotated[str, Meta(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*(?!\n)$")]


class GivenHint(Struct, gc=False, frozen=True, forbid_unknown_fields=True):
    """Something by which one person or household may be told; only its blind index is kept."""

    kind: HintKind
    value: Annotated[str, Meta(min_length=1, max_length=512)]


class ReferralClaim(Struct, gc=False, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Who says that they were referred, by which code, and where they say it."""

    source: Source
    code: Annotated[str, Meta(min_length=1, max_length=64)]
    customer_id: UUID | None = None
    identifiers: Annotated[tuple[Identifier, ...], Meta(max_length=12)] = ()
    channel: ChannelName = "pos"
    store: Plain = ""
    terminal: Plain = ""
    hints: Annotated[tuple[GivenHint, ...], Meta(max_length=20)] = ()


class ClaimedReferral(Struct, gc=False, frozen=True):
    """The answer to a claim, given after its commit. ``replayed``: they had said so before, and nothing changed."""

    referral: Referral
    settings: ReferralSettings
    replayed: bool


class _Prepared(Struct, gc=False, frozen=True):
    claim: ReferralClaim
    party: BlindParty


Outcome = ClaimedReferral | Refusal


def claim_referrals(
    conn: Connection, context: PurchaseContext, batch: Sequence[ReferralClaim], actor: str, now: datetime | None = None
) -> list[Outcome]:
    """Claim codes; after the commit, one outcome each in order. The same code again is answered as the first time.

    Refusals per item: ``UnknownReferralCode``, ``ReferralRefused`` (``reason`` is closed, self, already or not_new),
    ``NotFound``, ``NoCustomerForPoints``, ``CardEnded``, ``InvalidIdentifier``, ``InvalidRequest``,
    ``UnprocessableOperation``. Raises ``psycopg.OperationalError`` when the database can not answer.
    """
    at = clock.now() if now is None else now
    outcomes: dict[int, Outcome] = {}
    prepared: dict[int, _Prepared] = {}
    for position, one in enumerate(batch):
        try:
            party = blind_party(context, one.customer_id, one.identifiers, source=one.source)
            prepared[position] = _Prepared(one, party)
        except Refusal as refusal:
            outcomes[position] = refusal
    # One after the other: each looks at what the others have claimed.
    answers = settle_in_rounds(
        conn, list(prepared.values()), lambda _: None, lambda held, items: _run(held, context, items, actor, at)
    )
    outcomes |= dict(zip(prepared, answers, strict=True))
    return [outcomes[position] for position in range(len(batch))]


def _run(
    conn: Connection, context: PurchaseContext, items: Sequence[_Prepared], actor: str, now: datetime
) -> list[Outcome]:
    """One transaction: the outcomes that hold once it has committed."""
    version = referrals.version_at(referrals.load_versions(conn), now)
    outcomes: list[Outcome] = []
    for item, owner in zip(items, find_parties(conn, [item.party for item in items]), strict=True):
        try:
            if isinstance(owner, Refusal):
                raise owner
            outcomes.append(_claim(conn, context, item.claim, owner, version, actor=actor, now=now))
        except Refusal as refusal:
            outcomes.append(refusal)
    return outcomes


def _claim(
    conn: Connection,
    context: PurchaseContext,
    claim: ReferralClaim,
    referee_id: UUID,
    version: ReferralVersion | None,
    *,
    actor: str,
    now: datetime,
) -> ClaimedReferral:
    code, owner_id = referrals.find_code(conn, claim.code)
    # The code of a customer who was absorbed goes on, for whoever goes on in their place.
    referrer_id = customers.survivor_of(conn, owner_id)
    referrals.lock_claims(conn, referrer_id, claim.store, claim.terminal)
    before = referrals.find_referral_of(conn, referee_id)
    if before is not None and before.code == code:
        return ClaimedReferral(before, context.referrals.settings_of(conn, before.version), replayed=True)
    people = customers.load_customers(conn, context.keyring, [referee_id, referrer_id])
    if version is None or not version.settings.is_open:
        raise _refuse("closed", "There is no referral programme at present.")
    settings = version.settings
    if referrer_id == referee_id:
        raise _refuse("self", "This is the customer's own code.")
    if before is not None:
        raise _refuse("already", "The customer was referred by somebody already.")
    if people[referee_id].joined_at + timedelta(days=settings.claim_days) < now:
        raise _refuse("not_new", f"A code can be used for {settings.claim_days} days after joining.")
    hints = _hints(context, people[referee_id], claim.hints)
    referrals.note_hints(conn, referrer_id, _hints(context, people[referrer_id], ()), now)
    claimed = _look(conn, claim, referrer_id, referee_id, hints, settings=settings, now=now)
    referrals.note_hints(conn, referee_id, hints, now)
    findings = referrals.examine(settings, claimed)
    referral = Referral(
        referral_id=new_id(),
        referrer_id=referrer_id,
        referee_id=referee_id,
        code=code,
        version=version.version,
        channel=claim.channel,
        store=claim.store,
        terminal=claim.terminal,
        claimed_by=actor,
        claimed_at=now,
        purchase_by=now + timedelta(days=settings.purchase_days),
        state=ReferralState.HELD if findings else ReferralState.OPEN,
        findings=findings,
    )
    referrals.write_referral(conn, referral)
    context.referrals.settings_of(conn, version.version)
    _tell(conn, referral, actor, now)
    return ClaimedReferral(referral, settings, replayed=False)


def _refuse(reason: str, detail: str) -> ReferralRefused:
    return ReferralRefused(detail, field="code", reason=reason)


def _look(
    conn: Connection,
    claim: ReferralClaim,
    referrer_id: UUID,
    referee_id: UUID,
    hints: Sequence[Hint],
    *,
    settings: ReferralSettings,
    now: datetime,
) -> Claimed:
    """What is known of the two, behind the lock under which claims of this code follow each other."""
    kinds, shared = referrals.share_hints(conn, hints, referrer_id, referee_id)
    heads = ledger.find_heads(conn, [referrer_id, referee_id])
    families = {heads.get(one, one) for one in (referrer_id, referee_id)}
    at_terminal, by_referrer = referrals.count_claims(
        conn, referrer_id, claim.store, claim.terminal, settings=settings, now=now
    )
    chain = referrals.referred_by(conn, referrer_id, settings.ring_depth)
    return Claimed(
        hints=kinds,
        is_family=len(families) == 1,
        shared_receipts=customers.count_shared_receipts(conn, referrer_id, referee_id),
        ring=referrals.find_ring(referee_id, referrer_id, chain, settings.ring_depth),
        at_terminal=at_terminal,
        by_referrer=by_referrer,
        shared=shared,
    )


def _hints(context: PurchaseContext, person: CustomerRecord, given: Sequence[GivenHint]) -> list[Hint]:
    """What may tell that two are one, by blind index: of the person's own data, and what the sender knows besides."""
    found = {
        (HintKind.MAILBOX, referrals.mailbox_of(one.value))
        for one in person.identifiers
        if one.kind is IdentifierKind.EMAIL
    }
    profile = person.profile
    if profile.name_kana and profile.birth_date is not None:
        found.add((HintKind.PERSON, f"{profile.name_kana}\x1f{profile.birth_date.isoformat()}"))
    found |= {(one.kind, _plain(one)) for one in given}
    return [Hint(kind, context.keyring.blind("referral hint", kind.value, value)) for kind, value in sorted(found)]


def _plain(hint: GivenHint) -> str:
    return referrals.mailbox_of(hint.value) if hint.kind is HintKind.MAILBOX else "".join(hint.value.lower().split())


def _tell(conn: Connection, referral: Referral, actor: str, now: datetime) -> None:
    """The outbox row, and the audit last, because its writers wait for each other."""
    insert_events(conn, REFERRAL_CLAIMED, [referral.referral_id], now)
    audit.record_event(
        conn,
        actor=actor,
        action="referral.claimed",
        target=f"customer:{referral.referee_id}",
        detail={
            "referral_id": str(referral.referral_id),
            "referrer": str(referral.referrer_id),
            "store": referral.store,
            "held_for": [one.rule for one in referral.findings],
        },
        at=now,
    )
