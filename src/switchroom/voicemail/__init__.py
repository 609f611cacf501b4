"""Voicemail policy."""
