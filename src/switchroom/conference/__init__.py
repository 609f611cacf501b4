"""Conference policy."""
