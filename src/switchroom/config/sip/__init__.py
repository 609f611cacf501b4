"""``sip.conf`` of the older versions, and what it says of each concern."""
