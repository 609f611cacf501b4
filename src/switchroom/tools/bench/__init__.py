"""``switchroom bench``: how much a server of one's own takes."""
