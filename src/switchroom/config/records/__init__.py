"""Call records and channel events: which there are, and where they go."""
