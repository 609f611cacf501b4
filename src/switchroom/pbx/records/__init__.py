"""Call records (CDR) and channel events (CEL)."""
