"""POSIX extended regular expressions on Python's engine, bounded."""

from __future__ import annotations

import re
from functools import lru_cache

MAX_PATTERN = 1024  #: characters

_CLASSES = {
    "alpha": "a-zA-Z", "digit": "0-9", "alnum": "a-zA-Z0-9", "upper": "A-Z", "lower": "a-z",
    "space": r" \t\n\r\f\v", "blank": r" \t", "punct": r"!-/:-@\[-`{-~", "xdigit": "0-9A-Fa-f",
    "print": " -~", "graph": "!-~", "cntrl": r"\x00-\x1f\x7f",
}  # fmt: skip
_BRACKET = re.compile(r"\[(?P<not>\^?)(?P<body>\]?(?:\[:\w+:\]|[^\]])*)\]")


@lru_cache(maxsize=1024)
def compile_posix(pattern: str, flags: int = 0) -> re.Pattern[str] | None:
    """Compile an extended regular expression.

    Args:
        pattern: At most :data:`MAX_PATTERN` characters.
        flags: Of :mod:`re`, for case-insensitive matching.

    Returns:
        None where it is not one.
    """
    if len(pattern) > MAX_PATTERN:
        return None
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        letter = pattern[position]
        if letter == "[":
            match = _BRACKET.match(pattern, position)
            if match is None:
                return None
            parts.append(_bracket(match["not"], match["body"]))
            position = match.end()
        elif letter == "\\" and position + 1 < len(pattern):
            parts.append(re.escape(pattern[position + 1]))
            position += 2
        else:
            # Python gives "(?" and "{,n}" meanings of its own; POSIX has neither.
            parts.append("(" if letter == "(" else letter)
            position += 1
    text = "".join(parts)
    if "(?" in text or "*+" in text or "++" in text or "?+" in text:
        return None
    try:
        return re.compile(text, flags)
    except (re.error, OverflowError, RecursionError):
        return None


def _bracket(negated: str, body: str) -> str:
    escaped = body.replace("\\", "\\\\")
    for name, members in _CLASSES.items():
        escaped = escaped.replace(f"[:{name}:]", members)
    if escaped.startswith("]"):
        escaped = "\\" + escaped
    if "[" in escaped:
        escaped = re.sub(r"(?<!\\)\[", r"\\[", escaped)
    return f"[{negated}{escaped}]"
