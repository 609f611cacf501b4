"""``queues.conf`` and its kin: who waits where for whom."""
