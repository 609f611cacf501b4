"""The gateway interface (AGI)."""
