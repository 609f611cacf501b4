"""``${NAME}`` where there is no channel: in ``[globals]``, names of extensions, switches."""

from __future__ import annotations

import os
from collections.abc import Mapping

from switchroom.dialplan.substitution import (
    MAX_DEPTH,
    MAX_RESULT,
    cut_slice,
    split_parts,
    split_reference,
)


def with_variables(text: str, variables: Mapping[str, str], depth: int = 0) -> str:
    """Substitute variables, slices and ``ENV()``; what is not known reads as nothing.

    Args:
        text: As written; an expression ``$[…]`` is left as it is.
        variables: By name.
        depth: Of nested references; those nested deeper than anybody writes read as nothing.
    """
    if "${" not in text:
        return text
    if depth > MAX_DEPTH:
        return ""
    words: list[str] = []
    for part in split_parts(text):
        if part.kind == "variable":
            words.append(_reference(with_variables(part.text, variables, depth + 1), variables))
        elif part.kind == "expression":
            words.append(f"$[{with_variables(part.text, variables, depth + 1)}]")
        else:
            words.append(part.text)
    return "".join(words)[:MAX_RESULT]


def _reference(text: str, variables: Mapping[str, str]) -> str:
    name, arguments, cut = split_reference(text)
    if arguments is None:
        value = variables.get(name, "")
    else:
        value = _environment(arguments) if name == "ENV" else ""
    return value if cut is None else cut_slice(value, cut)


def _environment(name: str) -> str:
    return os.environ.get(name, "") if name and "\0" not in name else ""
