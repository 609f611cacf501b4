"""``${}`` and ``$[]`` in a text, substituted on a channel."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from switchroom.base.errors import DialplanError
from switchroom.dialplan.compiler import (
    MAX_DEPTH,
    MAX_RESULT,
    Compiled,
    compile_text,
    unknown_function,
)
from switchroom.dialplan.expression import evaluate
from switchroom.dialplan.references import ComplexityError, cut_slice, split_parts, split_reference
from switchroom.dialplan.variables import variable

if TYPE_CHECKING:
    from switchroom.dialplan.registry import Function
    from switchroom.pbx.channel import Channel

__all__ = [
    "MAX_DEPTH", "MAX_RESULT", "Compiled", "ComplexityError", "Substitution", "cut_slice",
    "split_parts", "split_reference", "variable",
]  # fmt: skip

logger = logging.getLogger(__name__)

_CACHE_SIZE = 4096
MAX_REMEMBERED = 4_096  #: characters of a text that is kept with what it was compiled to


class Substitution:
    """Substitutes texts, each of which is compiled once.

    Fulfils :class:`~switchroom.dialplan.compiler.Runtime`.

    Args:
        functions: By name.
        position: Where a channel stands, for messages.
    """

    def __init__(
        self, functions: Mapping[str, Function], position: Callable[[Channel], str] = repr
    ) -> None:
        self.functions = functions
        self._position = position
        self._cache: dict[str, Compiled] = {}

    def forget(self) -> None:
        """There are other functions: compile texts anew."""
        self._cache.clear()

    def compile(self, text: str) -> Compiled:
        """Compile a text; the same text is compiled once, unless it is a long one.

        Raises:
            ComplexityError: It is nested too deep, or too long.
        """
        found = self._cache.get(text)
        if found is None:
            found = compile_text(self, text)
            if len(text) <= MAX_REMEMBERED:
                if len(self._cache) >= _CACHE_SIZE:
                    self._cache.clear()
                self._cache[text] = found
        return found

    async def evaluate(self, channel: Channel, text: str) -> str:
        """Substitute a text now."""
        result = self.compile(text).render(channel)
        return result if isinstance(result, str) else await result

    # what compiled functions call

    def function(self, name: str) -> Function | None:
        """The dialplan function of that name."""
        return self.functions.get(name)

    def expression(self, channel: Channel, text: str) -> str:
        """What ``$[text]`` is."""

        def call(name: str, arguments: str) -> str | None:
            function = self.functions.get(name)
            if function is None or function.reader is None or function.reader.is_async:
                return None
            return self._read(channel, name, arguments)

        return evaluate(text, call)

    def read(self, channel: Channel, text: str) -> str:
        """What ``${text}`` is; nothing in it is substituted once more.

        Raises:
            DialplanError: It is a function that waits.
        """
        name, arguments, cut = split_reference(text)
        if arguments is None:
            value = variable(channel, name)
        else:
            function = self.functions.get(name)
            if function is not None and function.reader is not None and function.reader.is_async:
                raise DialplanError(f"{name} waits: put its value into a variable first")
            value = self._read(channel, name, arguments)
        return value if cut is None else cut_slice(value, cut)

    async def reference(self, channel: Channel, text: str) -> str:
        """As :meth:`read`, of functions that wait too."""
        name, arguments, cut = split_reference(text)
        function = self.functions.get(name) if arguments is not None else None
        if function is None or function.reader is None or not function.reader.is_async:
            return self.read(channel, text)
        try:
            value = self.shortened(channel, str(await function.read(channel, arguments or "")))
        except DialplanError as error:
            value = self.failed(channel, error)
        return value if cut is None else cut_slice(value, cut)

    def _read(self, channel: Channel, name: str, arguments: str) -> str:
        function = self.functions.get(name)
        if function is None:
            return self.failed(channel, unknown_function(name))
        try:
            return self.shortened(channel, str(function.read(channel, arguments)))
        except DialplanError as error:
            return self.failed(channel, error)

    def failed(self, channel: Channel, error: DialplanError) -> str:
        """Tell that a function could not be read; it reads as nothing."""
        logger.warning("%s: %s: %s", channel.name, self._position(channel), error)
        return ""

    def shortened(self, channel: Channel, text: str) -> str:
        """Cut a result that is too long, and tell it."""
        if len(text) <= MAX_RESULT:
            return text
        message = "%s: %s: %d characters are too many, only %d are kept"
        logger.warning(message, channel.name, self._position(channel), len(text), MAX_RESULT)
        return text[:MAX_RESULT]
