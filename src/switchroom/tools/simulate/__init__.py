"""``switchroom simulate``: calls through a dialplan in virtual time, without a network."""
