"""Option letters of an application, declared as a frozen dataclass."""

from __future__ import annotations

import re
from dataclasses import field, fields
from typing import Any, TypeVar

from switchroom.base.errors import BadArgumentsError

OptionsT = TypeVar("OptionsT")
_LETTER = re.compile(r"(?P<letter>[A-Za-z])(?:\((?P<value>[^)]*)\))?")


def option(letter: str, text: str, *, default: Any = False) -> Any:
    """Declare one option letter; a default other than False means that it takes ``(value)``."""
    return field(default=default, metadata={"letter": letter, "text": text})


def parse_options(kind: type[OptionsT], raw: str, owner: str = "") -> OptionsT:
    """Parse ``tL(60)`` into an instance of the dataclass ``kind``.

    Args:
        kind: Its fields are made by :func:`option`.
        raw: As in the dialplan; letters that are not declared are passed over.
        owner: The application, for messages.

    Raises:
        BadArgumentsError: A letter's value cannot be converted.
    """
    by_letter = {f.metadata["letter"]: f for f in fields(kind)}  # type: ignore[arg-type]  # a dataclass
    values: dict[str, Any] = {}
    for match in _LETTER.finditer(raw):
        declared = by_letter.get(match["letter"])
        if declared is None:
            continue
        default: Any = declared.default
        if default is False:
            values[declared.name] = True
            continue
        try:
            values[declared.name] = type(default)(match["value"] or default)
        except ValueError as error:
            message = f"{owner}: option {match['letter']}({match['value']}) cannot be used"
            raise BadArgumentsError(message) from error
    return kind(**values)
