"""``switchroom versions``: Asterisk's version numbers read, ordered and compared."""
