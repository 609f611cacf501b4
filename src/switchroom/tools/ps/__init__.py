"""``switchroom ps``: the helper programs of a running server."""
