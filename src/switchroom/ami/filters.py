"""Event filters: which events one user, or one session, wants to hear.

``eventfilter`` of manager.conf and the action Filter take a regular expression that is searched for
in the rendered event, or since 20.11 criteria in brackets::

    eventfilter = Event: Newchannel
    eventfilter = !Channel: Local/
    eventfilter(name(Newchannel),header(Channel),method(starts_with)) = PJSIP/
    eventfilter(action(exclude),name(Newexten)) =

An event passes if one of the filters that include matches, or there is none of them, and none of
those that exclude matches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from switchroom.ami.message import Message
from switchroom.base.errors import SwitchroomError
from switchroom.dialplan.posix_regex import compile_posix

MAX_FILTERS = 256

_CRITERION = re.compile(r"\s*(?P<name>\w+)\s*\((?P<value>[^()]*)\)\s*(?:,|$)")


class FilterError(SwitchroomError):
    """What was given is no filter."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """One filter."""

    excludes: bool
    event: str  #: in lower case; empty: of any name
    header: str  #: in lower case; empty: the whole event is looked at
    matches: Callable[[str], bool]

    def hits(self, message: Message) -> bool:
        """Whether it speaks of this event."""
        if self.event and message.get("Event").lower() != self.event:
            return False
        if not self.header:
            return self.matches(message.text)
        return any(
            self.matches(value)
            for name, value in message.headers
            if name.lower() == self.header or name.lower().startswith(f"{self.header}(")
        )


def parse_filter(text: str, criteria: str = "") -> EventFilter:
    """Read one filter.

    Args:
        text: What is matched; of the old form, with a ``!`` in front to exclude.
        criteria: What stands in brackets: ``action(…),name(…),header(…),method(…)``.

    Raises:
        FilterError: It is none.
    """
    criteria = criteria.strip()
    if not criteria:
        excludes = text.startswith("!")
        return EventFilter(excludes, "", "", _regex(text.removeprefix("!")))
    found = _criteria(criteria)
    action = found.get("action", "include").lower()
    if action not in {"include", "exclude"}:
        raise FilterError(f"action({action}) is neither include nor exclude")
    method = found.get("method", "regex" if text else "none").lower()
    matches = _METHODS.get(method)
    if matches is None:
        raise FilterError(f"there is no method({method})")
    if method != "none" and not text:
        raise FilterError(f"method({method}) needs something to match")
    header = found.get("header", "").lower().rstrip(":")
    return EventFilter(action == "exclude", found.get("name", "").lower(), header, matches(text))


def _criteria(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    position = 0
    while position < len(text):
        match = _CRITERION.match(text, position)
        if match is None or match["name"].lower() not in {"action", "name", "header", "method"}:
            raise FilterError(f"these are no criteria: {text}")
        found[match["name"].lower()] = match["value"].strip()
        position = match.end()
    return found


def _regex(text: str) -> Callable[[str], bool]:
    # Compiled and matched by the C library, whose time is bounded whatever a client sends.
    pattern = compile_posix(text)
    if pattern is None:
        raise FilterError(f"{text!r} is no regular expression, or too large a one")
    return pattern.finds


_METHODS: dict[str, Callable[[str], Callable[[str], bool]]] = {
    "regex": _regex,
    "exact": lambda wanted: lambda value: value == wanted,
    "starts_with": lambda wanted: lambda value: value.startswith(wanted),
    "ends_with": lambda wanted: lambda value: value.endswith(wanted),
    "contains": lambda wanted: lambda value: wanted in value,
    "none": lambda _: lambda _value: True,
}


def passes(filters: Iterable[EventFilter], message: Message) -> bool:
    """Whether an event gets through all filters together."""
    wanted: bool | None = None
    for each in filters:
        if each.excludes:
            if each.hits(message):
                return False
        elif wanted is not True:
            wanted = each.hits(message)
    return wanted is not False
