"""Importing purchases from files: CSV, Parquet and Excel, one row a line of a receipt.

Invariant: receipts are taken whole or not at all, and every refused row is told with its reason.
"""

from enishi.connectors.purchase_files.columns import ColumnMap, load_map
from enishi.connectors.purchase_files.importing import (
    DEFAULT_BATCH,
    DEFAULT_SOURCE,
    ImportPlan,
    ImportReport,
    Observer,
    import_purchases,
)
from enishi.connectors.purchase_files.model import FileFormat, UnfitColumns, UnreadableFile

__all__ = [
    "DEFAULT_BATCH",
    "DEFAULT_SOURCE",
    "ColumnMap",
    "FileFormat",
    "ImportPlan",
    "ImportReport",
    "Observer",
    "UnfitColumns",
    "UnreadableFile",
    "import_purchases",
    "load_map",
]
