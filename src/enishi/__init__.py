"""Enishi: one customer, one points ledger and one timeline for a chain of shops."""

__version__ = "0.1.0"
