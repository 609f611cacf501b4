"""FAXOPT: what a channel's faxes go by, and what came of the last one.

Family: Sounds and digits
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from switchroom.base.errors import DialplanError
from switchroom.config.language.values import parse_yes_no
from switchroom.config.res_fax import parse_modems, parse_rate
from switchroom.dialplan.registry import function
from switchroom.pbx.channel import Channel
from switchroom.pbx.fax.options import FaxOptions
from switchroom.pbx.fax.sessions import FaxSessions

logger = logging.getLogger(__name__)

_RESULTS = frozenset(
    {"error", "filename", "filenames", "pages", "rate", "remotestationid", "resolution",
     "sessionid", "status", "statusstr"}
)  # fmt: skip
#: Kept, and without effect so far; said once of each.
_WRITTEN = frozenset({"gateway", "faxdetect", "negotiate_both"})
_told: set[str] = set()


def _milliseconds(text: str) -> float:
    if not text.strip().isdecimal():
        raise ValueError(f"{text!r} is no number of milliseconds")
    return int(text) / 1000


#: By item: the name in :class:`FaxOptions`, and what the text means.
_OPTIONS: Mapping[str, tuple[str, Callable[[str], object]]] = MappingProxyType(
    {
        "ecm": ("ecm", parse_yes_no),
        "headerinfo": ("header", str.strip),
        "localstationid": ("station_id", str.strip),
        "maxrate": ("max_rate", parse_rate),
        "minrate": ("min_rate", parse_rate),
        "modem": ("modems", parse_modems),
        "modems": ("modems", parse_modems),
        "t38timeout": ("t38_timeout", _milliseconds),
    }
)


def _defaults(channel: Channel) -> Mapping[str, str]:
    options = channel.datastore(FaxOptions)
    config = options.completed(channel.pbx.datastore(FaxSessions).config)
    modems = ",".join(sorted(each.upper() for each in config.modems))
    return {
        "ecm": "yes" if config.ecm else "no",
        "headerinfo": options.header or "",
        "localstationid": options.station_id or options.results.get("localstationid", ""),
        "maxrate": str(config.max_rate),
        "minrate": str(config.min_rate),
        "modem": modems,
        "modems": modems,
        "t38timeout": str(round(config.t38_timeout * 1000)),
    }


@function("FAXOPT")
def read_fax_option(channel: Channel, item: str) -> str:
    """What the channel's faxes go by, or what came of the last one.

    Args:
        channel: The channel.
        item: Of the next fax: ``ecm``, ``headerinfo``, ``localstationid``, ``maxrate``,
            ``minrate``, ``modem``, ``t38timeout``; of the last one: ``status``, ``statusstr``,
            ``error``, ``pages``, ``rate``, ``resolution``, ``remotestationid``, ``filename``,
            ``sessionid``.

    Examples:
        NoOp(${FAXOPT(status)}: ${FAXOPT(pages)} pages at ${FAXOPT(rate)} bit/s)
    """
    name = item.strip().lower()
    options = channel.datastore(FaxOptions)
    if name in _RESULTS:
        return options.results.get(name, "")
    if name in _WRITTEN:
        return options.others.get(name, "no")
    found = _defaults(channel).get(name)
    if found is None:
        raise DialplanError(f"FAXOPT: there is no {item!r}")
    return found


@function("FAXOPT", write=True)
def write_fax_option(channel: Channel, value: str, item: str) -> None:
    """Set what the channel's next faxes go by, instead of ``res_fax.conf``.

    Args:
        channel: The channel.
        value: Of the item.
        item: ``ecm`` (``yes``: what came damaged is sent again), ``headerinfo`` (above each page),
            ``localstationid``, ``maxrate`` and ``minrate`` (bit/s: 2400, 4800, 7200, 9600, 12000,
            14400), ``modem`` (of ``v17,v27,v29``), ``t38timeout`` (milliseconds).

    Examples:
        Set(FAXOPT(localstationid)=+49 30 1234)
        Set(FAXOPT(headerinfo)=Example Ltd.)
        Set(FAXOPT(ecm)=no)
    """
    name = item.strip().lower()
    options = channel.datastore(FaxOptions)
    if name in _WRITTEN:
        options.others[name] = value.strip()
        if name not in _told and value.strip().lower() not in {"", "no"}:
            _told.add(name)
            logger.warning("FAXOPT(%s) has no effect yet: it is kept and can be read", name)
        return
    if name not in _OPTIONS:
        raise DialplanError(f"FAXOPT: {item!r} cannot be set")
    attribute, parse = _OPTIONS[name]
    try:
        setattr(options, attribute, parse(value))
    except ValueError as error:
        raise DialplanError(f"FAXOPT: {error}") from error
