"""The cyclic garbage collector, set for a process that works through batches.

A batch makes tens of thousands of small objects that refer to each other without cycles and are freed by counting
references. The collector's default is to walk them every 700 allocations, and now and then everything that was ever
imported, to find nothing.
"""

from __future__ import annotations

import gc

_YOUNG = 50_000
"""Allocations between two looks at young objects: a few batches."""


def settle_collector() -> None:
    """Take what exists now out of the collector's sight, and look at the rest less often. Called once, after start."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
