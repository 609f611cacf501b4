"""``switchroom reference``: the pages on applications, functions and commands."""
