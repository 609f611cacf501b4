"""DiffServ code points as configuration names them: ``cs3``, ``ef``, ``0x60``."""

from __future__ import annotations

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Options

#: Names of DiffServ code points (RFC 2474, 2597, 3246) and the octet that they stand for.
CODE_POINTS = {
    **{f"cs{number}": number << 5 for number in range(8)},
    **{f"af{c}{d}": (c << 5) | (d << 3) for c in range(1, 5) for d in range(1, 4)},
    "ef": 0xB8, "lowdelay": 0x10, "throughput": 0x08, "reliability": 0x04, "mincost": 0x02,
    "none": 0,
}  # fmt: skip


def parse_tos(text: str) -> int:
    """Read ``cs3``, ``ef``, a number, or ``0x60``.

    Raises:
        ValueError: It is none of these, or above 255.
    """
    word = text.strip().lower()
    if word in CODE_POINTS:
        return CODE_POINTS[word]
    try:
        value = int(word, 0)
    except ValueError as error:
        raise ValueError(f"{text!r} is no DiffServ code point") from error
    if not 0 <= value <= 255:
        raise ValueError(f"{text!r} is no octet")
    return value


def read_tos(options: Options, name: str = "tos") -> int:
    """The octet that an option asks for.

    Raises:
        ConfigError: It is none.
    """
    try:
        return parse_tos(options.text(name))
    except ValueError as error:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name}: {error}", path=path, line=line) from error
