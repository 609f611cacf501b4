"""Configuration files that stand elsewhere than in their folder: a datastore of the core."""

from __future__ import annotations

from pathlib import Path


class ConfigFiles(dict[str, Path]):
    """By name, ``queues.conf``: where a file was written out that stands in a database."""
