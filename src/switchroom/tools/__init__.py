"""Programs beside the server: a phone, and later checks and simulation."""
