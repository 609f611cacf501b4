"""Queues: callers who wait, members who take them, and who gets whom. No sockets, no channels."""
