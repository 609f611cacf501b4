"""The dialplan language: read, compiled, run."""
