"""Music on hold."""
