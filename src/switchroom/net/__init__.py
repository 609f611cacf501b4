"""Sockets for SIP, and the driver between a core and a clock."""
