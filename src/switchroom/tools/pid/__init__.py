"""``switchroom pid``: the process of a script, and nothing else."""
