"""``switchroom check``: what is wrong, risky or outdated, before a call meets it."""
