"""The Complete Journey: a real retailer's year, replayed as if its tills had called.

What is fact (who bought what, where, when, at what price and discount) is replayed as it is; what is invented (names,
contacts, names of stores, means of payment, use of points) says so. ``docs/explanation/demo-data.md`` lists both.
"""

from __future__ import annotations

from enishi.connectors.completejourney.dataset import DatasetMissing
from enishi.connectors.completejourney.invented import SHOWN_PHONE
from enishi.connectors.completejourney.replaying import ReplayReport, has_replayed, prepare_chain, replay

__all__ = ["SHOWN_PHONE", "DatasetMissing", "ReplayReport", "has_replayed", "prepare_chain", "replay"]
