"""Texts of docstrings as Markdown."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable

#: What every generated page begins with.
MARK = "<!-- Written by `switchroom reference`"

#: Turns the name of an application or function into the address of its page; empty: has none.
Links = Callable[[str], str]

_CODE = re.compile(r"(``[^`]*``)")
_SPECIAL = re.compile(r"([\\*<\[])")
_CALL = re.compile(r"\b([A-Za-z]\w*)\(\)")
_NOT_IN_ANCHORS = re.compile(r"[^\w -]")


def head(source: str) -> str:
    """The first line of a page: where its texts come from."""
    return f"{MARK} from {source}. -->\n"


def inline(text: str, links: Links) -> str:
    """Code in backticks, ``Dial()`` as a link to its page, everything else as it reads."""
    parts = _CODE.split(text)
    return "".join(
        part[1:-1] if part.startswith("``") else _linked(_SPECIAL.sub(r"\\\1", part), links)
        for part in parts
    )


def _linked(text: str, links: Links) -> str:
    def link(match: re.Match[str]) -> str:
        address = links(match[1])
        return f"[{match[0]}]({address})" if address else match[0]

    return _CALL.sub(link, text)


def code(text: str) -> str:
    """A block of code."""
    return textwrap.indent(text, " " * 4)


def entries(found: Iterable[tuple[str, str]], links: Links) -> str:
    """Names and what they mean, one a line."""
    return "\n".join(f"- `{name}`: {inline(meaning, links)}" for name, meaning in found)


def anchor(heading: str) -> str:
    """Where GitHub and others put a heading: lower case, blanks as dashes."""
    return _NOT_IN_ANCHORS.sub("", heading).lower().replace(" ", "-")
