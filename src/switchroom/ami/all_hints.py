"""All extensions of a node that have a hint."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.dialplan.interpreter import Interpreter
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.hints import Hint, parse_hint


def all_hints(pbx: Pbx) -> Iterator[tuple[str, str, Hint]]:
    """Context, extension and hint of all extensions that are no pattern."""
    interpreter = pbx.dialplan
    assert isinstance(interpreter, Interpreter)
    for context, extension, text in interpreter.hints():
        yield context, extension, parse_hint(text)
