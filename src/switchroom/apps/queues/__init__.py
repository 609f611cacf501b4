"""Queue() and its like: callers who wait, and who takes their calls."""
