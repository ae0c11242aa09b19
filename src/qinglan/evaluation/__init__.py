"""Models are scored on items they never saw, and compared item by item."""
