"""Connectors: other systems' data, brought into the flows.

``completejourney`` replays a real retailer's year; ``purchase_files`` imports receipts from CSV, Parquet and Excel.
Invariant: nothing here writes a purchase by itself; every receipt takes the path a till's call takes.
"""
