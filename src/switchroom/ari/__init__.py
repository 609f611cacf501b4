"""The REST interface (ARI)."""
