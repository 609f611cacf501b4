"""How what happens on the bus is told, one module a family of events."""
