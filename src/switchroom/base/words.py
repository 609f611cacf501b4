"""A line of a command into words, as the console and scripts write them."""

from __future__ import annotations


def split_words(line: str, most: int) -> list[str]:
    r"""Split at blanks; ``"two words"`` is one, ``\x`` is ``x``; an open quote ends with the line.

    Args:
        line: The line.
        most: So many words are read, what is behind them is left out.

    >>> split_words('database put a "b c" d\\"e', 100)
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
        elif letter in " \t\r\n" and not quoted:
            if began:
                words.append("".join(current))
                current.clear()
                began = False
                if len(words) == most:
                    return words
        else:
            began = True
            current.append(letter)
    if began:
        words.append("".join(current))
    return words
