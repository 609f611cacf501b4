"""Rows of a database as the sections of a configuration file that they stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from switchroom.config.language.reader import Entry, Section

_ENCODED = re.compile(r"\^([0-9A-Fa-f]{2})")


def decoded(text: str) -> str:
    """``^3B`` is ``;``: what would separate values is kept so."""
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), text)


def section_of(
    name: str, row: Mapping[str, str], known: Collection[str], *, family: str, kind: str = ""
) -> Section:
    """The section that says what a row says.

    Args:
        name: Of the section.
        row: Its columns; one without a value says nothing, ``;`` stands between several values.
        known: The options that such a section may have, in lower case.
        family: For messages.
        kind: Its ``type``; none where such sections have no types.
    """
    path = Path(f"{family}({name})")
    entries = [Entry("type", kind, path, 0)] if kind else []
    for column, text in row.items():
        option = column.lower()
        if option not in known or not text.strip() or (kind and option == "type"):
            continue
        values = (decoded(value).strip() for value in text.split(";"))
        entries += [Entry(option, value, path, 0) for value in values if value]
    return Section(name, path, 0, entries)
