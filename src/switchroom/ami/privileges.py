"""What a manager user may do (``write``) and hear (``read``)."""

from __future__ import annotations

from enum import IntFlag


class Privilege(IntFlag):
    """The classes, in the order in which they are listed."""

    NONE = 0
    SYSTEM = 1 << 0
    CALL = 1 << 1
    LOG = 1 << 2
    VERBOSE = 1 << 3
    COMMAND = 1 << 4
    AGENT = 1 << 5
    USER = 1 << 6
    CONFIG = 1 << 7
    DTMF = 1 << 8
    REPORTING = 1 << 9
    CDR = 1 << 10
    DIALPLAN = 1 << 11
    ORIGINATE = 1 << 12
    AGI = 1 << 13
    CC = 1 << 14
    AOC = 1 << 15
    TEST = 1 << 16
    SECURITY = 1 << 17
    MESSAGE = 1 << 18
    ALL = 0x7FFFFFFF

    @property
    def text(self) -> str:
        """``system,call,all``: as ``Privilege`` headers tell it; ``<none>`` where there is none."""
        names = [each.lower() for each, flag in _NAMED if self & flag]
        return ",".join([*names, "all"]) if names else "<none>"


_NAMED = [
    (each.name or "", each)
    for each in Privilege
    if each not in {Privilege.NONE, Privilege.ALL} and each.name
]
_BY_NAME = {name.lower(): flag for name, flag in _NAMED} | {"all": Privilege.ALL}


def parse_privileges(text: str) -> tuple[Privilege, list[str]]:
    """Read ``system,call``; returns the words that are none as well."""
    found, unknown = Privilege.NONE, []
    for word in text.split(","):
        name = word.strip().lower()
        if name in {"", "none", "no"}:
            continue
        if name in _BY_NAME:
            found |= _BY_NAME[name]
        else:
            unknown.append(word.strip())
    return found, unknown
