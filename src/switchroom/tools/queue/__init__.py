"""``switchroom queue``: what a call centre asks of its queues."""
