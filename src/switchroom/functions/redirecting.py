"""REDIRECTING: whom a call was diverted from, and why.

Family: Parties of a call
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.parties import Path, path_of, read_party, write_party
from switchroom.dialplan.registry import function
from switchroom.pbx.caller_id import PartyId, Redirecting
from switchroom.pbx.channel import Channel
from switchroom.pbx.redirecting import tell_redirecting

#: By what SIP calls them and what is written for them; any other word is a reason of its own.
_REASONS: Mapping[str, str] = MappingProxyType(
    {
        "user-busy": "cfb", "no-answer": "cfnr", "unconditional": "cfu",
        "time-of-day": "time_of_day", "do-not-disturb": "dnd", "follow-me": "follow_me",
        "out-of-service": "out_of_order",
    }
)  # fmt: skip
#: By the number of the protocol that first had them.
_BY_NUMBER = (
    "unknown", "cfb", "cfnr", "unavailable", "cfu", "time_of_day", "dnd", "deflection",
    "follow_me", "out_of_order", "away", "cf_dte", "send_to_vm",
)  # fmt: skip


def _parties(redirecting: Redirecting) -> Mapping[Path, PartyId]:
    return {
        ("orig",): redirecting.origin,
        ("from",): redirecting.sender,
        ("to",): redirecting.target,
        ("priv", "orig"): redirecting.private_origin,
        ("priv", "from"): redirecting.private_sender,
        ("priv", "to"): redirecting.private_target,
    }


def _party(channel: Channel, path: Path) -> tuple[PartyId, Path] | None:
    parties = _parties(channel.redirecting)
    for length in (1, 2):
        if path[:length] in parties and len(path) > length:
            return parties[path[:length]], path[length:]
    return None


def _parse_reason(text: str) -> str:
    word = text.strip()
    if word.isascii() and word.isdigit():
        return _BY_NUMBER[int(word)] if int(word) < len(_BY_NUMBER) else "unknown"
    return _REASONS.get(word.lower(), word)


@function("REDIRECTING")
def redirecting(channel: Channel, item: str, option: str = "") -> str:
    """Whom a call was diverted from and to, and why.

    Items: ``reason``, ``orig-reason``, ``count``; and behind ``orig-``, ``from-``, ``to-`` and
    ``priv-`` before these, the items of CALLERID for a party.

    Args:
        channel: The channel.
        item: Which item.
        option: ``i`` when writing: do not tell the party yet, more is to follow.

    Examples:
        Set(REDIRECTING(from-num,i)=100)
        Set(REDIRECTING(reason)=cfb)
        NoOp(${REDIRECTING(from-num)}: ${REDIRECTING(reason)})  ; => 100: cfb
    """
    match path := path_of(item):
        case ("reason",):
            return channel.redirecting.reason
        case ("orig", "reason"):
            return channel.redirecting.origin_reason
        case ("count",):
            return str(channel.redirecting.count)
        case _:
            found = _party(channel, ("from", "pres") if path == ("pres",) else path)
    value = None if found is None else read_party(*found)
    if value is None:
        raise DialplanError(f"REDIRECTING: there is no {item!r}")
    return value


@function("REDIRECTING", write=True)
def set_redirecting(channel: Channel, value: str, item: str, option: str = "") -> None:
    """Say whom a call was diverted from and to, and why.

    Args:
        channel: The channel.
        value: What it becomes.
        item: Which item.
        option: ``i`` when writing: do not tell the party yet, more is to follow.
    """
    match path := path_of(item):
        case ("reason",):
            channel.redirecting.reason = _parse_reason(value)
        case ("orig", "reason"):
            channel.redirecting.origin_reason = _parse_reason(value)
        case ("count",):
            channel.redirecting.count = leading_int(value) or 0
        case _:
            found = _party(channel, ("from", "pres") if path == ("pres",) else path)
            if found is None or not write_party(*found, value):
                raise DialplanError(f"REDIRECTING: there is no {item!r}")
    if "i" not in option:
        tell_redirecting(channel)
