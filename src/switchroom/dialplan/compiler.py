"""From texts and priorities to Python functions.

The source of a compiled function consists of fixed words and of names ``k0``, ``k1``, … for the
constants that are passed in: no text of the configuration ever gets into it. So all ``NoOp(text
${x})`` of a dialplan have the same source, and are one compilation.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from types import MethodType
from typing import TYPE_CHECKING, Any, NoReturn, Protocol, cast

from switchroom.base.errors import ApplicationFailedError, BadArgumentsError, DialplanError
from switchroom.dialplan import arithmetic
from switchroom.dialplan.expression import evaluate
from switchroom.dialplan.references import (
    ComplexityError,
    Part,
    has_references,
    parse_slice,
    split_parts,
    split_reference,
)
from switchroom.dialplan.variables import BUILT_IN
from switchroom.pbx.events import NewExtension

if TYPE_CHECKING:
    from switchroom.dialplan.arguments import Signature
    from switchroom.dialplan.registry import Application, Function
    from switchroom.pbx.channel import Channel

MAX_RESULT = 65_536  #: characters that one substitution may give
MAX_DEPTH = 40  #: of nested ``${}`` and ``$[]``
MAX_REFERENCES = 1_000  #: of one text: compiling more would hold up other calls

Template = Callable[["Channel"], str]
AsyncTemplate = Callable[["Channel"], Awaitable[str]]
RunStep = Callable[["Channel"], Awaitable[None] | None]

_SHARED = (str, int, MethodType)  #: constants of these types get one name where they are equal


class Runtime(Protocol):
    """What compiled functions call for what cannot be settled before they run."""

    def function(self, name: str) -> Function | None:
        """The dialplan function of that name."""
        ...

    def expression(self, channel: Channel, text: str) -> str:
        """What ``$[text]`` is."""
        ...

    async def reference(self, channel: Channel, text: str) -> str:
        """What ``${text}`` is, for a text that was itself put together at run time."""
        ...

    def failed(self, channel: Channel, error: DialplanError) -> str:
        """Tell that a function could not be read; what it reads as."""
        ...

    def shortened(self, channel: Channel, text: str) -> str:
        """Cut a result that is too long, and tell it."""
        ...


@dataclass(frozen=True, slots=True)
class Compiled:
    """One text, ready to be substituted on a channel."""

    render: Template | AsyncTemplate
    is_async: bool
    constant: str | None  #: the text itself, where there is nothing to substitute


def compile_text(runtime: Runtime, text: str) -> Compiled:
    """Compile a text that is to be substituted.

    Raises:
        ComplexityError: It is nested too deep, or too long.
    """
    if not has_references(text):
        return Compiled(lambda _: text, is_async=False, constant=text)
    writer = _Writer(runtime)
    writer.line(f"return {writer.text(text)}")
    return Compiled(writer.function(), writer.is_async, None)


def compile_step(runtime: Runtime, application: Application, data: str) -> RunStep:
    """Compile one priority: substitute its data, show what is executed, start the application.

    Raises:
        ComplexityError: The data is nested too deep, or too long.
    """
    writer = _Writer(runtime)
    prepared = application.prepare(data) if application.prepare is not None else None
    name = writer.constant(application.name)
    if prepared is None:
        shown = writer.text(data)
        bound = writer.bound(application.signature, data, shown)
        call = f"{writer.constant(application.run)}(c{bound})"
    else:
        value = writer.text(prepared.argument)
        before, after = writer.texts(prepared.before), writer.texts(prepared.after)
        shown = writer.assigned(_format([*before, value, *after]))
        call = f"{writer.constant(prepared.run)}(c, {value})"
    writer.line(f"c.application = {name}")
    writer.line(f"c.data = {shown}")
    writer.line("if NewExtension in c.pbx.events.handlers:")
    writer.line(f" c.announce({name}, {shown})")
    if not writer.is_async:
        writer.line(f"return {call}")
    else:
        writer.line(f"waiting = {call}")
        writer.line("if waiting is not None:")
        writer.line(" await waiting")
    return cast("RunStep", writer.function())


def unknown_step(application: str) -> RunStep:
    """A priority whose application there is not."""

    def unknown(channel: Channel) -> None:
        where = f"({channel.context}, {channel.extension}, {channel.priority})"
        raise ApplicationFailedError(f"No application '{application}' for extension {where}")

    return unknown


def unknown_function(name: str) -> DialplanError:
    """The error of a function that nobody declares."""
    return DialplanError(f"function {name} is not registered")


def _missing(signature: Signature) -> NoReturn:
    signature.miss(signature.parameters[0])


#: What the source may name besides its constants.
_NAMES: dict[str, object] = {
    "DialplanError": DialplanError,
    "NewExtension": NewExtension,
    "missing": _missing,
    **arithmetic.NAMES,
}


@lru_cache(maxsize=4096)
def _maker(source: str) -> Callable[..., Any]:
    """The function that makes a compiled function from its constants."""
    names = dict(_NAMES)
    exec(source, names)  # fixed words, see above
    return cast("Callable[..., Any]", names["make"])


class _Writer:
    """Writes one function; what it writes for a text is the name that its value then has."""

    def __init__(self, runtime: Runtime) -> None:
        self.is_async = False
        self._runtime = runtime
        self._lines: list[str] = []
        self._indent = "  "
        self._constants: list[object] = []
        self._names: dict[tuple[object, object], str] = {}
        self._temporaries = 0

    def function(self) -> Callable[..., Any]:
        """What was written, compiled."""
        names = ", ".join(f"k{n}" for n in range(len(self._constants)))
        head = "async def run(c):" if self.is_async else "def run(c):"
        source = "\n".join((f"def make({names}):", f" {head}", *self._lines, " return run", ""))
        return cast("Callable[..., Any]", _maker(source)(*self._constants))

    def line(self, text: str) -> None:
        """Add a line."""
        self._lines.append(self._indent + text)

    def constant(self, value: object) -> str:
        """Pass a constant in."""
        key = (type(value), value if isinstance(value, _SHARED) else id(value))
        name = self._names.get(key)
        if name is None:
            name = self._names[key] = f"k{len(self._constants)}"
            self._constants.append(value)
        return name

    def texts(self, text: str) -> list[str]:
        """A text as it is, as words to put together."""
        return [self.constant(text)] if text else []

    def text(self, text: str, depth: int = 0) -> str:
        """Substitute a text."""
        if depth > MAX_DEPTH:
            raise ComplexityError(f"${{}} nested deeper than {MAX_DEPTH}")
        return self.joined([self._part(part, depth) for part in split_parts(text)])

    def joined(self, words: list[str]) -> str:
        """Put texts together."""
        if len(words) < 2:
            return words[0] if words else self.constant("")
        name = self._temporary()
        self.line(f"{name} = {_format(words)}")
        self.line(f"if len({name}) > {MAX_RESULT}:")
        self.line(f" {name} = {self.constant(self._runtime.shortened)}(c, {name})")
        return name

    def bound(self, signature: Signature, arguments: str, value: str) -> str:
        """The source of what an application or function is called with behind the channel.

        Args:
            signature: Of the application or function.
            arguments: As written.
            value: The name that they have once they are substituted.
        """
        if not has_references(arguments):
            try:
                values = signature.bind(arguments)
            except BadArgumentsError:
                pass  # it is told each time that the line is executed
            else:
                return "".join(f", {self.constant(value)}" for value in values)
        parameter = signature.only_text
        if parameter is None:
            bind = self.constant(signature.bind)
            return "" if signature.takes_nothing else f", *{bind}({value})"
        if parameter.is_required:
            return f", {value} or missing({self.constant(signature)})"
        return (
            f", {value}"
            if parameter.default == ""
            else (f", {value} or {self.constant(parameter.default)}")
        )

    def _temporary(self) -> str:
        self._temporaries += 1
        if self._temporaries > MAX_REFERENCES:
            raise ComplexityError(f"more than {MAX_REFERENCES} references in one text")
        return f"t{self._temporaries}"

    def _part(self, part: Part, depth: int) -> str:
        if part.kind == "text":
            return self.constant(part.text)
        if part.kind == "expression":
            return self._expression(part.text, depth + 1)
        name, arguments, cut = split_reference(part.text)
        if has_references(name) or (cut is not None and has_references(cut)):
            # The name, or where to cut, is put together at run time.
            self.is_async = True
            inner = self.text(part.text, depth + 1)
            return self.assigned(f"await {self.constant(self._runtime.reference)}(c, {inner})")
        if arguments is None:
            value = self._variable(name)
        else:
            value = self._function(name, arguments, depth + 1)
        if cut is None or (piece := parse_slice(cut)) is None:
            return value
        if piece.offset >= 0 and piece.length is None:
            return self.assigned(f"{value}[{self.constant(piece.offset)}:]")
        return self.assigned(f"{self.constant(piece)}.of({value})")

    def assigned(self, source: str) -> str:
        name = self._temporary()
        self.line(f"{name} = {source}")
        return name

    def _variable(self, name: str) -> str:
        if name in BUILT_IN:
            return self.assigned(f"{self.constant(BUILT_IN[name])}(c)")
        constant = self.constant(name)
        value = self.assigned(f"c.variables.get({constant})")
        self.line(f"if {value} is None:")
        self.line(f' {value} = c.pbx.global_variables.get({constant}, "")')
        return value

    def _function(self, name: str, arguments: str, depth: int) -> str:
        function = self._runtime.function(name)
        value = self._temporary()
        failed = self.constant(self._runtime.failed)
        if function is None or function.reader is None:
            error = unknown_function(name)
            self.line(f"{value} = {failed}(c, {self.constant(error)})")
            return value
        side = function.reader
        text = self.text(arguments, depth)
        bound = self.bound(side.signature, arguments, text)
        call = f"{self.constant(side.run)}(c{bound})"
        if side.is_async:
            self.is_async = True
            call = f"await {call}"
        self.line("try:")
        self.line(f" {value} = str({call})")
        self.line("except DialplanError as error:")
        self.line(f" {value} = {failed}(c, error)")
        self.line(f"if len({value}) > {MAX_RESULT}:")
        self.line(f" {value} = {self.constant(self._runtime.shortened)}(c, {value})")
        return value

    def _expression(self, text: str, depth: int) -> str:
        if depth > MAX_DEPTH:
            raise ComplexityError(f"$[] nested deeper than {MAX_DEPTH}")
        if "(" not in text and not has_references(text):
            return self.constant(evaluate(text))
        parts = split_parts(text)
        words = [self._part(part, depth) for part in parts]
        values = [word for word, part in zip(words, parts, strict=True) if part.kind != "text"]
        written = [part.text if part.kind == "text" else None for part in parts]
        source = arithmetic.source_of(written, values, self.constant)
        general = f"{self.constant(self._runtime.expression)}(c, {_format(words)})"
        if source is None:
            return self.assigned(general)
        name = self._temporary()
        self.line(f"if {source.condition}:")
        self.line(f" {name} = {source.value}")
        self.line("else:")
        self.line(f" {name} = {general}")
        return name


def _format(words: list[str]) -> str:
    """The source of texts put together."""
    return words[0] if len(words) == 1 else f'f"{"".join(f"{{{word}}}" for word in words)}"'
