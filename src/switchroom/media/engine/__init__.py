"""The media engine: sockets and audio without the GIL."""
