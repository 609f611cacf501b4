"""Lists and parameters, with quoting (RFC 3261 §7.3.1 and §25.1)."""

from __future__ import annotations

import re

from switchroom.sip.errors import RemoteSipError

MAX_PARAMETERS = 64  #: of one header value

#: By separator: everything up to the next one outside of quotes and brackets. Possessive: what was
#: read is never tried again, so that no value takes longer than its length.
_PART_OF = {
    separator: re.compile(rf'(?:[^"<{separator}]++|"(?:[^"\\]|\\.)*+"|<[^>]*+>)*+', re.DOTALL)
    for separator in ",;"
}


def split_list(value: str, separator: str = ",") -> list[str]:
    """Split at separators outside of quotes and angle brackets; parts are stripped.

    Raises:
        RemoteSipError: A quote or a bracket is left open.
    """
    if '"' not in value and "<" not in value:
        return [part.strip() for part in value.split(separator)]
    part_of = _PART_OF[separator]
    parts: list[str] = []
    position = 0
    while True:
        part = part_of.match(value, position)
        assert part is not None, "it may be empty"
        parts.append(part[0].strip())
        position = part.end() + 1
        if part.end() == len(value):
            return parts
        if value[part.end()] != separator:
            raise RemoteSipError("Unbalanced quote or bracket")


def unquote(value: str) -> str:
    """Take the quotes off a quoted-string, if there are any."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value


def parse_parameters(text: str, separator: str = ";") -> dict[str, str]:
    """Parse ``a=1;b;c="x"``; names in lower case, quotes kept, the first of a name counts.

    Raises:
        RemoteSipError: An empty parameter, an open quote, or too many of them.
    """
    parameters: dict[str, str] = {}
    if not text or text.isspace():
        return parameters
    is_plain = '"' not in text and "<" not in text
    words = text.split(separator) if is_plain else split_list(text, separator)
    if len(words) > MAX_PARAMETERS:
        raise RemoteSipError("Too many parameters")
    for word in words:
        name, _, value = word.partition("=")
        name = name.strip().lower()
        if not name:
            raise RemoteSipError("Empty parameter")
        parameters.setdefault(name, value.strip())
    return parameters
