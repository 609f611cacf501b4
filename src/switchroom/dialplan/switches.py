"""Switches: where a context looks further when it has no extension of its own.

``Local/`` (the original calls it ``Loopback/``) leads to another place of the same dialplan;
others, such as ``Realtime/``, are sources of contexts that the node provides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from switchroom.base.errors import ConfigError
from switchroom.dialplan.pattern import Pattern
from switchroom.dialplan.plain_variables import with_variables

if TYPE_CHECKING:
    from switchroom.dialplan.model import Context

LOCAL_KINDS = frozenset({"local", "loopback"})
REALTIME = "realtime"

_TARGET = re.compile(
    r"(?P<extension>[^@/]*)(?:@(?P<context>[^:/]*))?(?::(?P<priority>[0-9]{0,7}))?(?:/(?P<only>.*))?"
)


class Place(NamedTuple):
    """Where a call stands, or is led."""

    context: str
    extension: str
    priority: int


class ContextSource(Protocol):
    """What a switch other than ``Local/`` asks: a table in a database, another server.

    A look-up cannot wait, so a source answers from what it has; it refreshes itself aside.
    """

    def context(self, data: str, within: str) -> Context | None:
        """The extensions that ``data``, the text behind the slash, stands for; None: no such.

        Args:
            data: As written, variables read.
            within: The context that is looked into, for who names none.
        """
        ...


@dataclass(frozen=True, slots=True)
class Switch:
    """One ``switch =>`` line."""

    kind: str  #: as written, ``Local``
    data: str  #: what follows the slash
    word: str = "switch"  #: ``lswitch`` or ``eswitch``; variables are read at each look-up in all
    made_by: str = "pbx_config"

    def __str__(self) -> str:
        return f"{self.kind}/{self.data}"

    def leads_to(self, place: Place, variables: Mapping[str, str]) -> Place | None:
        """Where a ``Local/`` switch leads a call that stands at ``place``.

        Args:
            place: What is looked for.
            variables: Global ones; EXTEN, CONTEXT and PRIORITY are those of ``place``.

        Returns:
            None where it takes only other numbers, or leads back to where it is.
        """
        own = {
            **variables,
            "EXTEN": place.extension,
            "CONTEXT": place.context,
            "PRIORITY": str(place.priority),
        }
        match = _TARGET.fullmatch(with_variables(self.data, own))
        if match is None:
            return None
        only = match["only"]
        if only and not _matches(only, place.extension):
            return None
        context = match["context"] or "default"
        if context == place.context:
            return None
        number = int(match["priority"] or place.priority)
        return Place(context, match["extension"] or place.extension, number)


def parse_switch(
    text: str, variables: Mapping[str, str], *, word: str = "switch", made_by: str = "pbx_config"
) -> Switch:
    """Read ``Kind/data``.

    Args:
        text: As written.
        variables: Global ones, which a plain ``switch`` reads at once. One to ``Local/`` leaves
            that to each look-up, when EXTEN and its like are known.
        word: ``switch``, ``lswitch`` or ``eswitch``.
        made_by: What declared it.

    Raises:
        ValueError: It is not written so.
    """
    kind, slash, data = (part.strip() for part in text.partition("/"))
    if not kind or not slash:
        raise ValueError("a switch is written Kind/data, as in Local/@internal")
    if word == "switch" and kind.lower() not in LOCAL_KINDS:
        data = with_variables(data, variables)
    return Switch(kind, data, word, made_by)


def _matches(only: str, number: str) -> bool:
    try:
        return Pattern(only if only.startswith("_") else f"_{only}").matches(number)
    except ConfigError:  # a bracket that a variable has torn open
        return False
