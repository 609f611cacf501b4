"""Paths as they are written in reports."""

from __future__ import annotations

from pathlib import Path


def shown(path: Path) -> str:
    """Relative to where one stands if it is below, otherwise as it is."""
    absolute = Path(path).absolute()
    try:
        return str(absolute.relative_to(Path.cwd()))
    except ValueError:
        return str(absolute)
