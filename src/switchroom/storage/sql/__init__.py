"""SQL databases: where they are, what is asked of them, what waits for them.

Everything that speaks to a database runs in one thread with an event loop of its own
(:mod:`.thread`), so that a server that hangs holds nobody longer than the caller's own bound.
"""
