"""Helper programs: supervised ones, and finding any by the name of its script."""
