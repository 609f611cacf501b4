"""STIR/SHAKEN: callers' numbers that are vouched for, ours and theirs (RFC 8224, RFC 8588)."""
