"""DTLS-SRTP: certificates, handshakes without I/O, and the keys that come of them (RFC 5764)."""
