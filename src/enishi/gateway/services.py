"""What every handler of the gateway works with."""

from __future__ import annotations

from dataclasses import dataclass, field

from enishi.flows import PurchaseContext
from enishi.gateway.keys import KeyCache
from enishi.gateway.lanes import Lanes
from enishi.gateway.metrics import Metrics
from enishi.gateway.reference import Reference
from enishi.kit.settings import Settings


@dataclass(slots=True)
class Services:
    """The parts of one gateway. ``draining`` is set once, when the process begins to stop."""

    context: PurchaseContext
    settings: Settings
    lanes: Lanes
    keys: KeyCache
    metrics: Metrics
    reference: Reference
    draining: bool = field(default=False)
