"""Calendars: what is in them, whether somebody is busy, and calls that remind of appointments."""
