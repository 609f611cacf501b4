"""Fax of channels: what was agreed on, what runs, and what is told of it."""
