"""A folder of generated pages: written, and compared with what it should hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from switchroom.tools.reference.markdown import MARK


def differences(folder: Path, pages: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with each page that is not as it should be.

    Args:
        folder: Where they are.
        pages: By their names within it, ``applications/Dial.md``.
    """
    found: dict[str, str] = {}
    for name, text in pages.items():
        path = folder / name
        if not path.is_file():
            found[name] = "is missing"
        elif path.read_text(encoding="utf-8") != text:
            found[name] = "is outdated"
    return found | dict.fromkeys(_left_over(folder, pages), "is left over")


def write(folder: Path, pages: Mapping[str, str]) -> None:
    """Write what differs; generated pages that are left over are removed, other files never."""
    for name, what in differences(folder, pages).items():
        path = folder / name
        if what == "is left over":
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages[name], encoding="utf-8")


def _left_over(folder: Path, pages: Mapping[str, str]) -> Iterator[str]:
    for path in sorted(folder.rglob("*.md")):
        name = path.relative_to(folder).as_posix()
        if name not in pages and path.read_text(encoding="utf-8").startswith(MARK):
            yield name
