"""What the text behind an ``=`` can mean: yes and no, numbers, codecs, networks, addresses.

Each function takes the text and raises :class:`ValueError` with a sentence for the administrator;
whoever knows file and line makes a :class:`~switchroom.base.errors.ConfigError` of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network

_TRUE = frozenset({"yes", "true", "y", "t", "1", "on"})
_FALSE = frozenset({"no", "false", "n", "f", "0", "off"})

#: Every codec a ``allow`` line may name, in the order that ``all`` stands for.
CODECS = (
    *("codec2", "g723", "ulaw", "alaw", "gsm", "g726", "g726aal2", "adpcm"),
    *("slin", "slin12", "slin16", "slin24", "slin32", "slin44", "slin48", "slin96", "slin192"),
    *("lpc10", "g729", "speex", "speex16", "speex32", "ilbc", "g722", "siren7", "siren14"),
    *("g719", "opus", "silk8", "silk12", "silk16", "silk24"),
)
VIDEO_CODECS = ("h261", "h263", "h263p", "h264", "h265", "mpeg4", "vp8", "vp9")
#: Known to the original, but neither audio nor video: accepted in a list, and of no effect here.
OTHER_FORMATS = frozenset({"jpeg", "png", "red", "t140"})


def is_true(text: str) -> bool:
    """Whether the text is one of the words for yes; everything else is no, as in the original."""
    return text.strip().lower() in _TRUE


def parse_yes_no(text: str) -> bool:
    """``yes``, ``true``, ``on``, ``1`` … or their opposites, in any case of letters."""
    word = text.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"expected yes or no, not {text!r}")


def parse_number(text: str, *, minimum: int = 0, maximum: int = 2**32 - 1) -> int:
    """A whole number within both bounds."""
    if not re.fullmatch(r"[+-]?[0-9]{1,12}", text.strip()):
        raise ValueError(f"expected a whole number, not {text!r}")
    number = int(text)
    if not minimum <= number <= maximum:
        raise ValueError(f"expected a number from {minimum} to {maximum}, not {number}")
    return number


def parse_decimal(text: str, *, minimum: float = 0.0, maximum: float = 2.0**32) -> float:
    """A number within both bounds, a fraction allowed."""
    if not re.fullmatch(r"[+-]?[0-9]{1,12}(\.[0-9]{0,12})?", text.strip()):
        raise ValueError(f"expected a number, not {text!r}")
    number = float(text)
    if not minimum <= number <= maximum:
        raise ValueError(f"expected a number from {minimum:g} to {maximum:g}, not {number:g}")
    return number


def parse_list(text: str) -> tuple[str, ...]:
    """Words separated by commas, each stripped, empty ones left out."""
    return tuple(word for part in text.split(",") if (word := part.strip()))


def parse_codecs(lines: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """What several ``allow`` and ``disallow`` lines leave, best first.

    Args:
        lines: ``("allow" or "disallow", value)`` in the order of the file; a value is a list
            such as ``!all,ulaw,alaw:20``, where ``!`` takes away and a packet length is dropped.

    Raises:
        ValueError: A name that no codec has.
    """
    chosen: dict[str, None] = {}
    for direction, value in lines:
        for word in parse_list(value):
            name = word.removeprefix("!").partition(":")[0].strip().lower()
            takes_away = word.startswith("!") != (direction == "disallow")
            if name == "all":
                names: tuple[str, ...] = CODECS + VIDEO_CODECS
            elif name in CODECS or name in VIDEO_CODECS:
                names = (name,)
            elif name in OTHER_FORMATS:
                continue
            else:
                raise ValueError(f"there is no codec {name!r}")
            for each in names:
                if takes_away:
                    chosen.pop(each, None)
                else:
                    chosen.setdefault(each)
    return tuple(chosen)


def parse_network(text: str) -> Network:
    """``192.0.2.0/24``, ``192.0.2.0/255.255.255.0``, ``2001:db8::/32``, or one address."""
    host, slash, mask = text.strip().partition("/")
    try:
        return ip_network(f"{host.strip('[]')}{slash}{mask}", strict=False)
    except ValueError as error:
        raise ValueError(f"expected an address or a network, not {text!r}") from error


def is_host_name(text: str) -> bool:
    """Whether the text is a name for DNS and not an address."""
    labels = text.rstrip(".").split(".")
    is_name = len(text) < 254 and all(re.fullmatch(r"[\w-]{1,63}", label) for label in labels)
    return is_name and not labels[-1].isdigit()


def parse_bind(text: str, *, port: int) -> tuple[str, int]:
    """The address and port to listen on: ``127.0.0.1``, ``0.0.0.0:5060``, ``[::]:5060``, ``::1``.

    Args:
        text: An IP address, a host name is not enough.
        port: What counts where none is given.

    Raises:
        ValueError: Not an address, or a port above 65535.
    """
    host, given = split_host_port(text)
    try:
        ip_address(host.partition("%")[0])
    except ValueError as error:
        message = f"expected an IP address and perhaps a port, not {text!r}"
        raise ValueError(message) from error
    return host, port if given is None else given


def split_host_port(text: str) -> tuple[str, int | None]:
    """Take ``host:port`` apart; the host may be a name, an IPv4 or a (bracketed) IPv6 address.

    Raises:
        ValueError: The port is no port, or there is no host.
    """
    text = text.strip()
    bracketed = re.fullmatch(r"\[(?P<host>[^\]]+)\](?::(?P<port>.*))?", text)
    if bracketed is not None:
        host, port = bracketed["host"], bracketed["port"]
    elif text.count(":") > 1:  # a bare IPv6 address
        host, port = text, None
    else:
        host, colon, rest = text.partition(":")
        port = rest if colon else None
    if not host:
        raise ValueError(f"there is no host in {text!r}")
    return host, None if port is None else parse_number(port, maximum=65535)
