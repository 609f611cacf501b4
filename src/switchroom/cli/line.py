"""A command line into words."""

from __future__ import annotations

MAX_WORDS = 100


def split_line(line: str) -> list[str]:
    r"""Split at blanks; ``"two words"`` is one, ``\x`` is ``x``; an open quote ends with the line.

    >>> split_line('database put a "b c" d\\"e')
    ['database', 'put', 'a', 'b c', 'd"e']
    """
    words: list[str] = []
    current: list[str] = []
    began = quoted = escaped = False
    for letter in line:
        if escaped:
            current.append(letter)
            escaped = False
        elif letter == "\\":
            began = escaped = True
        elif letter == '"':
            began, quoted = True, not quoted
        elif letter.isspace() and not quoted:
            if began:
                words.append("".join(current))
                current.clear()
                began = False
        else:
            began = True
            current.append(letter)
    if began:
        words.append("".join(current))
    return words[:MAX_WORDS]
