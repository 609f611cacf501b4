"""The core: channels, bridges, endpoints, events."""
