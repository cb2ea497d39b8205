"""Room: ranks."""
