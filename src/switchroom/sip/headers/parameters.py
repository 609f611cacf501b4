"""Lists and parameters, with quoting (RFC 3261 §7.3.1 and §25.1)."""

from __future__ import annotations

from switchroom.sip.errors import RemoteSipError

MAX_PARAMETERS = 64  #: of one header value


def split_list(value: str, separator: str = ",") -> list[str]:
    """Split at separators outside of quotes and angle brackets; parts are stripped.

    Raises:
        RemoteSipError: A quote or a bracket is left open.
    """
    if '"' not in value and "<" not in value:
        return [part.strip() for part in value.split(separator)]
    parts: list[str] = []
    start = 0
    closing = ""  # the letter that ends the quote or bracket we are in
    letters = iter(enumerate(value))
    for position, letter in letters:
        if closing:
            if letter == closing:
                closing = ""
            elif letter == "\\" and closing == '"':
                next(letters, None)
        elif letter in '"<':
            closing = '"' if letter == '"' else ">"
        elif letter == separator:
            parts.append(value[start:position].strip())
            start = position + 1
    if closing:
        raise RemoteSipError("Unbalanced quote or bracket")
    parts.append(value[start:].strip())
    return parts


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
