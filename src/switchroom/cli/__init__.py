"""The command line: its server, its client, its commands."""
