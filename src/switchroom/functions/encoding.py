"""Texts written otherwise: base64, URIs, character sets, SQL.

Family: Texts
"""

from __future__ import annotations

import base64
import re
from urllib.parse import quote

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets, to_octets
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_PERCENT = re.compile(rb"%([0-9A-Fa-f])(.?)", re.DOTALL)
_HEX = b"0123456789abcdefABCDEF"


@function("BASE64_ENCODE")
def base64_encode(channel: Channel, text: Rest = "") -> str:
    """A text as base64.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${BASE64_ENCODE(user:secret)})  ; => dXNlcjpzZWNyZXQ=
    """
    return base64.b64encode(to_octets(text)).decode("ascii")


@function("BASE64_DECODE")
def base64_decode(channel: Channel, text: Rest = "") -> str:
    """A text from base64; what is not base64 in it is passed over.

    Args:
        channel: The channel.
        text: Base64; the result ends before a zero octet.

    Examples:
        Set(x=${BASE64_DECODE(dXNlcjpzZWNyZXQ=)})  ; => user:secret
    """
    digits = _NOT_BASE64.sub(b"", to_octets(text).partition(b"=")[0])
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    octets = base64.b64decode(digits + b"=" * (-len(digits) % 4))
    return from_octets(octets.partition(b"\0")[0])  # a text ends at a zero octet


@function("URIENCODE")
def uri_encode(channel: Channel, text: Rest = "") -> str:
    """A text as part of a URI: ``%20`` for what may not stand in one.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${URIENCODE(Müller & Sons)})  ; => M%C3%BCller%20%26%20Sons
    """
    return quote(to_octets(text), safe="!*'()")


@function("URIDECODE")
def uri_decode(channel: Channel, text: Rest = "") -> str:
    """A text from part of a URI; a ``%`` without a hexadecimal digit behind it stays.

    Args:
        channel: The channel.
        text: Part of a URI.

    Examples:
        Set(x=${URIDECODE(two%20words)})  ; => two words
    """
    octets = _PERCENT.sub(_unescaped, to_octets(text))
    return from_octets(octets.partition(b"\0")[0])


def _unescaped(match: re.Match[bytes]) -> bytes:
    digits = match[1] + match[2] if match[2] and match[2] in _HEX else match[1]
    return bytes([int(digits, 16)])


@function("ICONV")
def convert(channel: Channel, source: str, target: str, text: Rest = "") -> str:
    """A text in another character set.

    Args:
        channel: The channel.
        source: The character set it is in: ``ISO-8859-1``, ``CP1252``, ``UTF-8``.
        target: The one it is put into; with ``//IGNORE`` behind it, characters that it lacks
            are left out, with ``//TRANSLIT`` they become question marks.
        text: The text; it ends before the first character that cannot be converted.

    Examples:
        Set(x=${LEN(${ICONV(UTF-8,ISO-8859-1,Grüße)})})  ; => 5
        Set(x=${ICONV(UTF-8,ASCII//IGNORE,Grüße)})  ; => Gre
        Set(x=${ICONV(UTF-8,ASCII//TRANSLIT,Grüße)})  ; => Gr??e
    """
    name, _, how = target.partition("//")
    errors = {"IGNORE": "ignore", "TRANSLIT": "replace"}.get(how.upper(), "strict")
    octets = to_octets(text)
    try:
        try:
            read = octets.decode(source)
        except UnicodeDecodeError as error:
            read = octets[: error.start].decode(source)
        try:
            return from_octets(read.encode(name, errors))
        except UnicodeEncodeError as error:
            return from_octets(read[: error.start].encode(name))
    except (LookupError, ValueError) as error:  # no such set, or a name that is none
        raise DialplanError(f"ICONV: {error}") from error


@function("SQL_ESC")
def sql_escape(channel: Channel, text: Rest = "") -> str:
    """A text for the inside of an SQL string: single quotes doubled.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(name=O'Neil)
        Set(where=name='${SQL_ESC(${name})}')  ; => name='O''Neil'
    """
    return text.replace("'", "''")


@function("SQL_ESC_BACKSLASHES")
def sql_escape_backslashes(channel: Channel, text: Rest = "") -> str:
    r"""A text with its backslashes doubled, for databases where a backslash escapes.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(path=C:\temp)
        Set(x=${SQL_ESC_BACKSLASHES(${path})})  ; => C:\\temp
    """
    return text.replace("\\", "\\\\")
