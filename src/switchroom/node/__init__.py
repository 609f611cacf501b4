"""The compose root: reads the configuration, picks implementations, wires them, runs them."""
