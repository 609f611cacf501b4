"""Sending a party elsewhere."""
