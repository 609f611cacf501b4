"""Recordings of calls, and what becomes of them."""
