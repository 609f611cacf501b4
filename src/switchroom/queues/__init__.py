"""Queue policy."""
