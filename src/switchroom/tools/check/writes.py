"""What a dialplan assigns: variables and functions that are written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call, all_calls
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word

#: Functions that stand for the variable they name.
_SCOPES = frozenset({"LOCAL", "GLOBAL", "SHARED", "PUSH", "UNSHIFT", "ARRAY", "HASH"})


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """One assignment."""

    call: Call
    name: str  #: of the variable or function, underscores of inheritance taken off
    arguments: Word | None  #: of a function; None: a variable
    word: Word  #: the name as written; offsets are those in the call's data
    value: Word
    is_input: bool = False  #: the value comes from outside, it is not written here

    @property
    def is_function(self) -> bool:
        """Whether a function is written to."""
        return self.arguments is not None


def all_writes(project: Project) -> list[Write]:
    """Every assignment of the dialplan, in the order of its lines."""
    return [write for call in project.once(all_calls) for write in writes_of(call)]


def writes_of(call: Call) -> Iterator[Write]:
    """What one call assigns."""
    if call.key in {"set", "importvar"}:
        yield from _assignment(call, Word(call.data, 0))
    elif call.key == "mset":
        for word in call.arguments():
            yield from _assignment(call, word)
    elif (known := facts.applications().get(call.key)) is not None and known.assigns is not None:
        word = call.argument(known.assigns)
        if word.text:
            yield Write(call, word.text, None, word, Word("", word.offset), is_input=True)
    elif call.key == "originate":
        yield from _of_originate(call)
    if not call.is_nested:
        yield from _by_reading(call)


def _by_reading(call: Call) -> Iterator[Write]:
    """``${SET(name=value)}`` anywhere in a text."""
    for reference in texts.references(call.data):
        if reference.name == "SET" and reference.arguments is not None:
            yield from _assignment(call, Word(reference.arguments, reference.arguments_offset))


def _of_originate(call: Call) -> Iterator[Write]:
    options = call.argument(6)
    at = options.text.find("v(")
    if at >= 0:
        body = options.text[at + 2 :].partition(")")[0]
        for word in texts.split_raw(body, "^"):
            yield from _assignment(call, word.shifted(options.offset + at + 2))


def _assignment(call: Call, word: Word) -> Iterator[Write]:
    words = texts.split_raw(word.text, "=", 2)
    if len(words) < 2:
        return
    target, value = words[0].shifted(word.offset), words[1].shifted(word.offset)
    name = target.stripped()
    opening = _opening(name.text)
    if opening < 0:
        bare = name.text.lstrip("_") if not texts.has_parts(name.text) else name.text
        yield Write(call, bare, None, name, value)
        return
    closing = name.text.rfind(")")
    body = name.text[opening + 1 : closing if closing > opening else None]
    arguments = Word(body, name.offset + opening + 1)
    function = name.text[:opening].lstrip("_")
    yield Write(call, function, arguments, name, value)
    if function in _SCOPES:
        for each in _named(function, arguments):
            yield Write(call, each.text.lstrip("_"), None, each, value)


def _opening(text: str) -> int:
    """Where a function's parenthesis opens; not one within ``${}``."""
    for piece in texts.pieces(text):
        if piece.kind == "text" and (found := piece.text.find("(")) >= 0:
            return piece.start + found
    return -1


def _named(function: str, arguments: Word) -> Iterator[Word]:
    words = texts.split_raw(arguments.text, ",")
    if function != "ARRAY":
        words = words[:1]
    for word in words:
        if word.text.strip():
            yield word.shifted(arguments.offset).stripped()
