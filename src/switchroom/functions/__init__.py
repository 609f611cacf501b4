"""Dialplan functions, one family a file."""
