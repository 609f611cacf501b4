"""Endpoints: what is configured of them, and which one a request comes from."""
