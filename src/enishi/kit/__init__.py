"""What every room stands on: database, clock, identifiers, errors, settings. Knows nothing of points or people."""
