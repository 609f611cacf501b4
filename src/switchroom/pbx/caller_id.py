"""Who calls: name and number as shown, and the numbers that travel beside them."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUOTED = re.compile(r'^\s*"(?P<name>(?:[^"\\]|\\.)*)"\s*(?:<(?P<number>[^>]*)>)?\s*$')
_ANGLED = re.compile(r"^\s*(?P<name>[^<]*?)\s*<(?P<number>[^>]*)>\s*$")


@dataclass(slots=True)
class CallerId:
    """The identity of a channel's party; an empty string means unknown."""

    name: str = ""
    number: str = ""
    ani: str = ""  #: automatic number identification: the number that is charged
    rdnis: str = ""  #: redirecting number
    dnid: str = ""  #: dialled number

    @property
    def all(self) -> str:
        """``"Name" <number>``, as ``CALLERID(all)`` shows it."""
        return f'"{self.name}" <{self.number}>' if self.name else f"<{self.number}>"


def parse_caller_id(text: str) -> CallerId:
    """Read ``"Alice" <100>``, ``Alice <100>`` or ``100`` (the ``callerid`` option of a phone)."""
    match = _QUOTED.match(text) or _ANGLED.match(text)
    if match is not None:
        name = re.sub(r"\\(.)", r"\1", match["name"])
        return CallerId(name=name, number=(match["number"] or "").strip())
    text = text.strip()
    if re.fullmatch(r"[0-9*#+() .-]+", text):
        return CallerId(number=text)
    return CallerId(name=text)
