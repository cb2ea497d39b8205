"""Room: customers."""
