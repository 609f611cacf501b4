"""Configuration that the pages of docs show: blocks whose first line names the file."""

from __future__ import annotations

import re
import textwrap

_FILE = re.compile(r"; ([a-z_]+\.conf)\n")


def configurations(page: str) -> dict[str, str]:
    """The files of a page by name; what several blocks say of one file follows each other."""
    files: dict[str, str] = {}
    for block in re.findall(r"(?:(?:^ {4}.*)?\n)+", page, re.MULTILINE):
        text = textwrap.dedent(block).strip() + "\n"
        for part in re.split(r"(?m)^(?=; [a-z_]+\.conf$)", text):
            if found := _FILE.match(part):
                files[found[1]] = files.get(found[1], "") + part[found.end() :]
    return files
