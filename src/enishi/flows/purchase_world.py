"""What a batch of purchases is decided in: everything that deciding reads and changes besides the receipt itself.

It is read behind the locks of the batch, or as it stands for a quote, and then holds all that pricing may know. So
deciding needs no database, and the same code serves recording, quoting and replaying history.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from enishi.flows.campaign_world import CampaignWorld
from enishi.flows.rank_desk import RankDesk
from enishi.ledger import Account, Hold, OfflineDesk
from enishi.program import ProgramVersion


class PurchaseWorld(Struct, gc=False):
    """The state around a batch; decided purchases change it in memory.

    ``desk`` is there for a batch with offline receipts, ``campaigns`` where one is live for any of its purchases,
    ``ranks`` while a ladder is in force.
    ``holds`` are those that receipts name, and ``captured`` those of them that were used.
    """

    versions: Sequence[ProgramVersion]
    accounts: dict[UUID, Account]
    now: datetime
    desk: OfflineDesk | None = None
    campaigns: CampaignWorld | None = None
    holds: dict[UUID, Hold] = {}
    captured: list[Hold] = []
    ranks: RankDesk | None = None
