"""Room: flows."""
