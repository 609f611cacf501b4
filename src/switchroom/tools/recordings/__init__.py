"""``switchroom recordings``: list, prune and upload what was recorded."""
