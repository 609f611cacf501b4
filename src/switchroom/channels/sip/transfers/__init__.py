"""Calls that go elsewhere: REFER, Replaces, redirection."""
