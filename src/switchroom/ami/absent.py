"""Actions of the original that are not done here, and why; they answer as an unknown one does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_HARDWARE = "no telephony cards are driven here"
_OTHER_PROTOCOLS = "this protocol is not spoken here"
_ADVICE = "Advice of Charge is not built"

#: What the beginning of a name, in lower case, tells.
_FAMILIES: Mapping[str, str] = MappingProxyType(
    {
        "dahdi": _HARDWARE,
        "pri": _HARDWARE,
        "iax": _OTHER_PROTOCOLS,
        "skinny": _OTHER_PROTOCOLS,
        "jabber": _OTHER_PROTOCOLS,
        "aoc": _ADVICE,
        "playmf": "MF tones are not built",
        "sendflash": "a hook flash is not built",
    }
)


def absence(name: str) -> str:
    """Why there is no such action; empty where nobody knows it."""
    lowered = name.lower()
    return next((why for start, why in _FAMILIES.items() if lowered.startswith(start)), "")
