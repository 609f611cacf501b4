"""What requests are answered with, and events tell: as JSON, by msgspec."""
