"""Why points were earned, whoever gave them: the programme by its base rule, or a campaign on top of it.

Every earning of the journal, and every award that waits, keeps one of the two; the JSON of a campaign's says so first.
"""

from __future__ import annotations

import msgspec
from msgspec import Raw

from enishi import campaigns, program
from enishi.campaigns import CampaignAward, CampaignBasis
from enishi.flows.model import AwardLine, PendingLine
from enishi.ledger import Posting
from enishi.program import Award, AwardBasis, Explanation, Locale

Basis = AwardBasis | CampaignBasis

_CAMPAIGN = b'{"c":'
_decode_award = msgspec.json.Decoder(AwardBasis).decode
_decode_campaign = msgspec.json.Decoder(CampaignBasis).decode


def decode_basis(kept: bytes | Raw) -> Basis:
    """The basis of an earning as it is kept with its entry, or with the award that waits."""
    text = bytes(kept)
    return _decode_campaign(text) if text.startswith(_CAMPAIGN) else _decode_award(text)


def explain_basis(basis: Basis, locale: Locale) -> Explanation:
    """The arithmetic as one sentence, and as steps."""
    if isinstance(basis, CampaignBasis):
        return campaigns.explain_award(basis, locale)
    return program.explain(basis, locale)


def explain_award(line: AwardLine | PendingLine, locale: Locale) -> Explanation:
    """The arithmetic of points as they are answered."""
    return explain_basis(why_of(line), locale)


def explain_award_in_a_sentence(line: AwardLine | PendingLine, locale: Locale) -> str:
    """The sentence of ``explain_award`` alone, for answers that are written by the thousand."""
    if line.campaign is not None:
        return campaigns.explain_award_in_a_sentence(line.campaign, locale)
    return program.explain_in_a_sentence(_base_of(line), locale)


def why_of(line: AwardLine | PendingLine) -> Basis:
    """What the points rest on."""
    return line.campaign if line.campaign is not None else _base_of(line)


def _base_of(line: AwardLine | PendingLine) -> AwardBasis:
    if line.basis is None:
        raise AssertionError("Points rest on the programme's rule or on a campaign.")
    return line.basis


def award_line(award: Award | CampaignAward, posting: Posting | None = None) -> AwardLine:
    """An award as it is answered; ``posting`` is the entry that credited it."""
    base, campaign = (award.basis, None) if isinstance(award, Award) else (None, award.basis)
    if posting is None:
        return AwardLine(None, award.kind, award.points, award.expires_on, base, campaign)
    expires_on = posting.moves[-1].expires_on if posting.moves else award.expires_on
    entry_id = f"{posting.customer_id}-{posting.seq}"
    return AwardLine(entry_id, award.kind, award.points, expires_on, base, campaign)


def parts_of(basis: Basis) -> tuple[AwardBasis | None, CampaignBasis | None]:
    """A basis as the two fields of an answer."""
    return (None, basis) if isinstance(basis, CampaignBasis) else (basis, None)
