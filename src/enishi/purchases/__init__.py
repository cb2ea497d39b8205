"""Room: purchases."""
