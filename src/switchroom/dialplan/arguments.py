"""How the dialplan separates arguments: commas outside of quotes, brackets and escapes."""

from __future__ import annotations

import inspect
import logging
import re
import typing
from collections.abc import Callable
from dataclasses import dataclass, is_dataclass
from typing import Any, NoReturn

from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.numbers import parse_number
from switchroom.dialplan.options import parse_options
from switchroom.dialplan.rest import is_rest

logger = logging.getLogger(__name__)

_QUOTING = re.compile(r'["\\()\[\]]')


def separate(
    text: str, separator: str = ",", *, most: int = 0, keep_quotes: bool = False
) -> list[str]:
    """Split arguments as the original's applications do (recorded in 22).

    Args:
        text: All arguments; an empty text is no argument.
        separator: One character.
        most: The last of so many arguments takes the rest as it is; 0: no limit.
        keep_quotes: Leave quotes and backslashes in.
    """
    if not text:
        return []
    if most == 1 or _QUOTING.search(text) is None:
        return text.split(separator, most - 1) if most else text.split(separator)
    parts: list[str] = []
    part: list[str] = []
    depth = 0
    quoted = False
    position = 0
    while position < len(text):
        letter = text[position]
        if letter == "\\":
            part.append(
                text[position : position + 2] if keep_quotes else text[position + 1 : position + 2]
            )
            position += 2
            continue
        if letter == '"':
            quoted = not quoted
            if keep_quotes:
                part.append(letter)
        elif letter == separator and not quoted and depth <= 0:
            parts.append("".join(part))
            part = []
            if most and len(parts) == most - 1:
                return [*parts, text[position + 1 :]]
        else:
            if not quoted:
                depth += (letter in "([") - (letter in ")]")
            part.append(letter)
        position += 1
    return [*parts, "".join(part)]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an application or function."""

    name: str
    kind: Any  #: str, int, float, ``Rest``, or a frozen dataclass of options
    default: Any
    is_required: bool

    @property
    def takes_nothing(self) -> bool:
        """Whether an empty word is a value of it."""
        return self.kind is str or is_rest(self.kind)

    def convert(self, owner: str, word: str) -> object:
        """Turn the dialplan's word into the value that is passed.

        Raises:
            BadArgumentsError: An option's value is none.
            ValueError: It is none.
        """
        if self.takes_nothing:
            return word
        if is_dataclass(self.kind):
            return parse_options(typing.cast("type[Any]", self.kind), word, owner)
        if self.kind in _ARTICLE:
            return parse_number(self.kind, word)
        return self.kind(word.strip())


_ARTICLE = {int: "a whole number", float: "a number"}


class Signature:
    """The argument parser that a function's parameters are.

    Args:
        name: Of the application or function, for messages.
        run: Its first ``skip`` parameters are not the dialplan's.
        skip: 1 for the channel, 2 for channel and value.
        error: What is raised for arguments that it cannot take.
        is_lenient: A number that is none is told, and counts as left out where it may be.
    """

    def __init__(
        self,
        name: str,
        run: Callable[..., Any],
        *,
        skip: int = 1,
        error: type[BadArgumentsError] = BadArgumentsError,
        is_lenient: bool = False,
    ) -> None:
        hints = typing.get_type_hints(run, include_extras=True)
        found = list(inspect.signature(run).parameters.values())[skip:]
        self.name = name
        self._error = error
        self._is_lenient = is_lenient
        variadic = bool(found) and found[-1].kind is inspect.Parameter.VAR_POSITIONAL
        self._further = found.pop().name if variadic else ""
        self.parameters = [
            Parameter(p.name, hints[p.name], p.default, p.default is inspect.Parameter.empty)
            for p in found
        ]
        self._takes_rest = bool(self.parameters) and is_rest(self.parameters[-1].kind)
        #: The only parameter, where it takes all of the text as it is.
        self.only_text = (
            self.parameters[0] if self._takes_rest and len(found) == 1 and not variadic else None
        )
        #: Whether whatever is written is passed over.
        self.takes_nothing = not self.parameters and not variadic

    def bind(self, raw: str) -> list[object]:
        """Turn ``1.5,abc`` into typed values, in parameter order.

        Raises:
            BadArgumentsError: Too few, or one that cannot be converted. Too many are passed over,
                as the original does.
        """
        if (text := self.only_text) is not None:
            if not raw and text.is_required:
                self.miss(text)
            return [raw or text.default]
        words = separate(raw, most=len(self.parameters) if self._takes_rest else 0)
        values: list[object] = []
        for index, parameter in enumerate(self.parameters):
            word = words[index] if index < len(words) else ""
            if word:
                values.append(self._converted(parameter, word))
            elif parameter.is_required and not (parameter.takes_nothing and index < len(words)):
                self.miss(parameter)
            else:
                values.append("" if parameter.is_required else parameter.default)
        if self._further:
            values += words[len(self.parameters) :]
        return values

    def _converted(self, parameter: Parameter, word: str) -> object:
        try:
            return parameter.convert(self.name, word)
        except ValueError as error:
            what = _ARTICLE.get(parameter.kind, "usable")
            message = f"{self.name}: {parameter.name}={word!r} is not {what}"
            if not self._is_lenient or parameter.is_required or parameter.kind not in _ARTICLE:
                raise self._error(message) from error
            # Asterisk: to C it is 0, which most applications take for what is left out.
            logger.warning("%s", message)
            return parameter.default

    def miss(self, parameter: Parameter) -> NoReturn:
        """Say that an argument is missing.

        Raises:
            BadArgumentsError: Always.
        """
        raise self._error(f"{self.name}: {parameter.name} is missing")

    def names(self) -> list[tuple[str, Any]]:
        """Each argument's name and kind, that of further ones included."""
        named = [(parameter.name, parameter.kind) for parameter in self.parameters]
        return [*named, (self._further, str)] if self._further else named

    def syntax(self) -> str:
        """``Dial(resources[,timeout[,options]])``: what may be left out, and all behind it."""
        text = ""
        for parameter in self.parameters:
            comma = "," if text else ""
            name = parameter.name.rstrip("_")
            text += f"{comma}{name}" if parameter.is_required else f"[{comma}{name}"
        if self._further:
            further = f"{self._further}[,...]"
            text += f"[,{further}]" if text else further
        closing = "]" * sum(not parameter.is_required for parameter in self.parameters)
        return f"{self.name}({text}{closing})"
