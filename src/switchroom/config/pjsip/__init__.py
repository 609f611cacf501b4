"""``pjsip.conf`` and what belongs to it, an object type a file."""
