"""Texts: MESSAGE, within a call and outside of any."""
