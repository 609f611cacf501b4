"""Header fields with a syntax of their own."""
