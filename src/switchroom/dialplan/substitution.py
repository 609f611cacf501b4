"""``${}`` and ``$[]`` in a text, compiled once into a Python function.

The source of a compiled function consists of fixed words and of names ``k0``, ``k1``, … for the
constants that are passed in: no text of the configuration ever gets into it.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from switchroom.base.errors import DialplanError
from switchroom.dialplan.expression import evaluate

if TYPE_CHECKING:
    from switchroom.dialplan.registry import Function
    from switchroom.pbx.channel import Channel

logger = logging.getLogger(__name__)

MAX_RESULT = 65_536  #: characters that one substitution may give
MAX_DEPTH = 40  #: of nested ``${}`` and ``$[]``
_CACHE_SIZE = 4096

Template = Callable[["Channel"], str]
AsyncTemplate = Callable[["Channel"], Awaitable[str]]

_SLICE = re.compile(r"\s*([-+]?\d+)(?::\s*([-+]?\d+))?")


@dataclass(frozen=True, slots=True)
class Compiled:
    """One text, ready to be substituted on a channel."""

    render: Template | AsyncTemplate
    is_async: bool
    constant: str | None  #: the text itself, where there is nothing to substitute


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a text: plain, ``${…}`` or ``$[…]``."""

    kind: str  #: ``text``, ``variable`` or ``expression``
    text: str


class NestingError(DialplanError):
    """``${}`` nested deeper than anybody writes."""


def split_parts(text: str) -> list[_Part]:
    """Take a text apart at its outermost ``${}`` and ``$[]``.

    What is not closed reaches to the end, as in the original.
    """
    parts: list[_Part] = []
    position = 0
    while position < len(text):
        start = _next_opening(text, position)
        if start < 0:
            parts.append(_Part("text", text[position:]))
            break
        if start > position:
            parts.append(_Part("text", text[position:start]))
        opening, closing = ("{", "}") if text[start + 1] == "{" else ("[", "]")
        depth = 1
        end = start + 2
        while end < len(text):
            depth += (text[end] == opening) - (text[end] == closing)
            if depth == 0:
                break
            end += 1
        if depth:
            logger.warning("%r lacks its closing %r", text[start : start + 80], closing)
        kind = "variable" if opening == "{" else "expression"
        parts.append(_Part(kind, text[start + 2 : end]))
        position = end + 1
    return parts


def _next_opening(text: str, position: int) -> int:
    while (position := text.find("$", position)) >= 0:
        if text[position + 1 : position + 2] in {"{", "["}:
            return position
        position += 1
    return -1


def split_reference(text: str) -> tuple[str, str | None, str | None]:
    """Take the inside of ``${…}`` apart: name, arguments, slice.

    Returns:
        Arguments are None for a variable; the slice is what follows a colon outside of
        parentheses, or None.
    """
    depth = 0
    slice_at = -1
    for position, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == ":" and depth <= 0:
            slice_at = position
            break
    body, cut = (text, None) if slice_at < 0 else (text[:slice_at], text[slice_at + 1 :])
    opening = body.find("(")
    if opening < 0:
        return body, None, cut
    closing = body.rfind(")")
    arguments = body[opening + 1 : closing] if closing > opening else body[opening + 1 :]
    return body[:opening], arguments, cut


def cut_slice(value: str, cut: str) -> str:
    """Apply ``offset:length`` (recorded: negative ones count from the end)."""
    match = _SLICE.match(cut)
    if match is None:
        return value
    offset, size = int(match[1]), len(value)
    start = max(0, size + offset) if offset < 0 else min(offset, size)
    if match[2] is None:
        return value[start:]
    length = int(match[2])
    end = start + length if length >= 0 else size + length
    return value[start : max(start, end)]


def variable(channel: Channel, name: str) -> str:
    """A channel variable, or a global one, or an empty string."""
    value = channel.variables.get(name)
    if value is None:
        value = channel.pbx.global_variables.get(name, "")
    return value


#: Variables that the channel itself answers, as expressions on ``c``.
_BUILT_IN: Mapping[str, str] = {
    "EXTEN": "c.extension",
    "CONTEXT": "c.context",
    "PRIORITY": "str(c.priority)",
    "CHANNEL": "c.name",
    "UNIQUEID": "c.unique_id",
    "HANGUPCAUSE": "str(int(c.hangup_cause))",
    "SYSTEMNAME": "c.pbx.system_name",
    "EPOCH": "epoch()",
}


def _epoch() -> str:
    return str(int(time.time()))  # noqa: TID251  # what ${EPOCH} is


class Substitution:
    """Compiles and evaluates texts against a set of functions.

    Args:
        functions: By name.
    """

    def __init__(self, functions: Mapping[str, Function]) -> None:
        self.functions = functions
        self._cache: dict[str, Compiled] = {}

    def compile(self, text: str) -> Compiled:
        """Compile a text; the same text is compiled once.

        Raises:
            NestingError: It is nested too deep.
        """
        found = self._cache.get(text)
        if found is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            found = self._cache[text] = _Generator(self).compile(text)
        return found

    async def evaluate(self, channel: Channel, text: str) -> str:
        """Substitute a text now."""
        compiled = self.compile(text)
        result = compiled.render(channel)
        return result if isinstance(result, str) else await result

    # what compiled functions call

    def read(self, channel: Channel, function: Function, arguments: str) -> str:
        """Read a function that does not wait; an error is logged and reads as nothing."""
        side = function.reader
        assert side is not None
        try:
            return str(side.run(channel, *side.signature.bind(arguments)))[:MAX_RESULT]
        except DialplanError as error:
            logger.warning("%s", error)
            return ""

    async def read_waiting(self, channel: Channel, function: Function, arguments: str) -> str:
        """Read a function that waits."""
        side = function.reader
        assert side is not None
        try:
            result = await side.run(channel, *side.signature.bind(arguments))
        except DialplanError as error:
            logger.warning("%s", error)
            return ""
        return str(result)[:MAX_RESULT]

    def read_unknown(self, name: str) -> str:
        """A function that nobody has."""
        logger.warning("function %s is not registered", name)
        return ""

    async def reference(self, channel: Channel, text: str) -> str:
        """What ``${text}`` is, for a text that was itself put together at run time."""
        return await self.evaluate(channel, "${" + text + "}")

    def expression(self, channel: Channel, text: str) -> str:
        """What ``$[text]`` is."""

        def call(name: str, arguments: str) -> str | None:
            function = self.functions.get(name)
            if function is None or function.reader is None or function.reader.is_async:
                return None
            return self.read(channel, function, arguments)

        return evaluate(text, call)


class _Generator:
    """Writes the source of one compiled function."""

    def __init__(self, owner: Substitution) -> None:
        self._owner = owner
        self._names: dict[str, Any] = {
            "variable": variable,
            "cut": cut_slice,
            "read": owner.read,
            "read_waiting": owner.read_waiting,
            "read_unknown": owner.read_unknown,
            "reference": owner.reference,
            "expression": owner.expression,
            "epoch": _epoch,
        }
        self._is_async = False

    def compile(self, text: str) -> Compiled:
        parts = split_parts(text)
        if all(part.kind == "text" for part in parts):
            return Compiled(lambda _: text, is_async=False, constant=text)
        body = self._join(parts, 0)
        head = "async def render(c):" if self._is_async else "def render(c):"
        exec(f"{head}\n return {body}\n", self._names)  # fixed words, see above
        render = cast("Template | AsyncTemplate", self._names["render"])
        return Compiled(render, self._is_async, None)

    def _constant(self, value: object) -> str:
        name = f"k{len(self._names)}"
        self._names[name] = value
        return name

    def _text(self, text: str, depth: int) -> str:
        return self._join(split_parts(text), depth)

    def _join(self, parts: list[_Part], depth: int) -> str:
        if depth > MAX_DEPTH:
            raise NestingError(f"${{}} nested deeper than {MAX_DEPTH}")
        words = [self._part(part, depth) for part in parts]
        if not words:
            return self._constant("")
        return words[0] if len(words) == 1 else f'"".join(({", ".join(words)},))'

    def _part(self, part: _Part, depth: int) -> str:
        if part.kind == "text":
            return self._constant(part.text)
        if part.kind == "expression":
            return f"expression(c, {self._text(part.text, depth + 1)})"
        name, arguments, cut = split_reference(part.text)
        if _next_opening(name, 0) >= 0 or (cut is not None and _next_opening(cut, 0) >= 0):
            # The name, or where to cut, is put together at run time.
            self._is_async = True
            return f"(await reference(c, {self._text(part.text, depth + 1)}))"
        word = self._variable(name) if arguments is None else self._function(name, arguments, depth)
        return word if cut is None else f"cut({word}, {self._constant(cut)})"

    def _variable(self, name: str) -> str:
        return _BUILT_IN.get(name) or f"variable(c, {self._constant(name)})"

    def _function(self, name: str, arguments: str, depth: int) -> str:
        function = self._owner.functions.get(name)
        if function is None or function.reader is None:
            return f"read_unknown({self._constant(name)})"
        inner = self._text(arguments, depth + 1)
        constant = self._constant(function)
        if function.reader.is_async:
            self._is_async = True
            return f"(await read_waiting(c, {constant}, {inner}))"
        return f"read(c, {constant}, {inner})"
