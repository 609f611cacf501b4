"""Compose root: reads the configuration, picks implementations, wires everything."""
