"""Where callers are: Geolocation headers and PIDF-LO documents (RFC 6442, RFC 4119, RFC 5491)."""
