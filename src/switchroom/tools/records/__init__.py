"""``switchroom records``: whether every channel that was born has its records."""
