"""What dialplans of the years before 1.6 wrote otherwise: ``|`` for a comma, Set() with several.

``[compat]`` in asterisk.conf says that a dialplan is so old: ``pbx_realtime = 1.4`` makes ``|``
separate arguments, ``app_set = 1.4`` lets one Set() set several variables. Applications that went
before 1.6 are translated always, since nothing else is called by their names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

#: Applications of old and what they are today; ``left`` and ``right`` of the ``=`` in ``all``.
_TRANSLATIONS: Mapping[str, tuple[str, str]] = {
    "absolutetimeout": ("Set", "TIMEOUT(absolute)={all}"),
    "dbdel": ("NoOp", "${{DB_DELETE({all})}}"),
    "dbget": ("Set", "{left}=${{DB({right})}}"),
    "dbput": ("Set", "DB({left})={right}"),
    "digittimeout": ("Set", "TIMEOUT(digit)={all}"),
    "responsetimeout": ("Set", "TIMEOUT(response)={all}"),
    "setaccount": ("Set", "CHANNEL(accountcode)={all}"),
    "setcallerid": ("Set", "CALLERID(all)={all}"),
    "setcdruserfield": ("Set", "CDR(userfield)={all}"),
    "setcidname": ("Set", "CALLERID(name)={all}"),
    "setcidnum": ("Set", "CALLERID(num)={all}"),
    "setglobalvar": ("Set", "GLOBAL({left})={right}"),
    "setgroup": ("Set", "GROUP()={all}"),
    "setlanguage": ("Set", "CHANNEL(language)={all}"),
    "setmusiconhold": ("Set", "CHANNEL(musicclass)={all}"),
    "setvar": ("Set", "{all}"),
}

#: Variables of 1.2, and the functions that took their place.
_VARIABLES: Mapping[str, str] = {
    "ACCOUNTCODE": "CHANNEL(accountcode)",
    "CALLERANI": "CALLERID(ani)",
    "CALLERID": "CALLERID(all)",
    "CALLERIDNAME": "CALLERID(name)",
    "CALLERIDNUM": "CALLERID(num)",
    "DATETIME": "STRFTIME(${EPOCH},,%d%m%Y-%H:%M:%S)",
    "DNID": "CALLERID(dnid)",
    "LANGUAGE": "CHANNEL(language)",
    "RDNIS": "CALLERID(rdnis)",
    "TIMESTAMP": "STRFTIME(${EPOCH},,%Y%m%d-%H%M%S)",
}
_VARIABLE = re.compile(r"\$\{(" + "|".join(_VARIABLES) + r")(?=[:}])")
_EXEC_IF = re.compile(r"(?P<condition>[^?]*?),\s*(?P<application>\w+)\s*(?:,(?P<data>.*))?")


class Call(NamedTuple):
    """An application and its arguments."""

    application: str
    data: str


@dataclass(frozen=True, slots=True)
class Syntax:
    """How old a dialplan is."""

    pipes: bool = False  #: ``|`` separates arguments, variables have their names of 1.2
    set_many: bool = False  #: ``Set(a=1|b=2)``

    def modern(self, application: str, data: str) -> Call:
        """The same call as it is written today."""
        if self.pipes:
            data = commas_for_pipes(data)
            data = _VARIABLE.sub(lambda match: "${" + _VARIABLES[match[1]], data)
        name = application.lower()
        if self.set_many and name == "set":
            return Call("MSet", data)
        if self.pipes and name == "execif":
            return Call(application, _exec_if(data))
        return _translated(application, data)


NEW_SYNTAX = Syntax()


def _translated(application: str, data: str) -> Call:
    translation = _TRANSLATIONS.get(application.lower())
    if translation is None:
        return Call(application, data)
    left, _, right = data.partition("=")
    return Call(translation[0], translation[1].format(all=data, left=left, right=right))


def _exec_if(data: str) -> str:
    """``condition,application,data`` became ``condition?application(data)`` in 1.6."""
    match = _EXEC_IF.fullmatch(data)
    if match is None:
        return data
    return f"{match['condition']}?{match['application']}({match['data'] or ''})"


def commas_for_pipes(data: str) -> str:
    """Write a comma for each ``|`` that separates; in ``$[…]`` and in quotes it says something."""
    if "|" not in data:
        return data
    words: list[str] = []
    depth = 0  #: of open ``[`` since a ``$[``
    quoted = False
    position = 0
    while position < len(data):
        letter = data[position]
        if letter == "\\":
            words.append(data[position : position + 2])
            position += 2
            continue
        if letter == '"':
            quoted = not quoted
        elif depth or data.startswith("$[", position - 1 if position else 0):
            depth += (letter == "[") - (letter == "]")
        words.append("," if letter == "|" and not quoted and not depth else letter)
        position += 1
    return "".join(words)
