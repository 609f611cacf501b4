"""Functions on one text: LEN, TRIM, QUOTE, REGEX, KEYPADHASH, hashes and their like.

Family: Texts
"""

from __future__ import annotations

import hashlib

from switchroom.base.errors import DialplanError
from switchroom.base.text import BLANKS, from_octets, to_octets
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")


@function("LEN")
def length(channel: Channel, text: Rest = "") -> str:
    """The number of octets of a text.

    Args:
        channel: The channel.
        text: Any; commas and quotes count too.

    Examples:
        Set(x=${LEN(abc)})  ; => 3
        ; UTF-8: more octets than letters
        Set(x=${LEN(Grüße)})  ; => 7
    """
    return str(len(to_octets(text)))


@function("TOUPPER")
def to_upper(channel: Channel, text: Rest = "") -> str:
    """A text in capitals; only ASCII letters change.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${TOUPPER(Sales-2)})  ; => SALES-2
    """
    return from_octets(to_octets(text).upper())


@function("TOLOWER")
def to_lower(channel: Channel, text: Rest = "") -> str:
    """A text in small letters; only ASCII letters change.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${TOLOWER(Sales-2)})  ; => sales-2
    """
    return from_octets(to_octets(text).lower())


@function("REGEX")
def regex(channel: Channel, match: Rest) -> str:
    """1 where a text matches an extended regular expression, 0 where not.

    Args:
        channel: The channel.
        match: ``"expression" text``; the text begins behind the blank.

    Examples:
        Set(is_mobile=${REGEX("^01[567]" 0171234567)})  ; => 1
        Set(CALLERID(num)=+49301234567)
        ExecIf(${REGEX("^[+]?49" ${CALLERID(num)})}?NoOp(from Germany))
    """
    opening = match.find('"')
    closing = match.find('"', opening + 1)
    if opening < 0 or closing < 0:
        raise DialplanError('REGEX: expected REGEX("expression" text)')
    expression = match[opening + 1 : closing]
    rest = match[closing + 1 :]
    subject = rest.removeprefix(" ")
    pattern = compile_posix(expression)
    if pattern is None:
        raise DialplanError(f"REGEX: {expression!r} is no regular expression")
    return "1" if pattern.finds(subject) else "0"


@function("MD5")
def md5(channel: Channel, text: Rest = "") -> str:
    """The MD5 of a text, in lower-case hex.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${MD5(secret)})  ; => 5ebe2294ecd0e0f08eab7690d2a6ee69
    """
    return hashlib.md5(to_octets(text), usedforsecurity=False).hexdigest()


@function("SHA1")
def sha1(channel: Channel, text: Rest = "") -> str:
    """The SHA-1 of a text, in lower-case hex.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=${SHA1(secret)})  ; => e5e9fa1ba31ecd1ae84f75caaa474f3a663f05f4
    """
    return hashlib.sha1(to_octets(text), usedforsecurity=False).hexdigest()


@function("TRIM")
def trim(channel: Channel, text: Rest = "") -> str:
    """A text without blanks and control characters at both ends.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=<${TRIM(  two words  )}>)  ; => <two words>
    """
    return text.strip(BLANKS)


@function("LTRIM")
def left_trim(channel: Channel, text: Rest = "") -> str:
    """A text without blanks and control characters at its beginning.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=<${LTRIM(  two words  )}>)  ; => <two words  >
    """
    return text.lstrip(BLANKS)


@function("RTRIM")
def right_trim(channel: Channel, text: Rest = "") -> str:
    """A text without blanks and control characters at its end.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(x=<${RTRIM(  two words  )}>)  ; => <  two words>
    """
    return text.rstrip(BLANKS)


@function("QUOTE")
def quote(channel: Channel, text: Rest = "") -> str:
    r"""A text in quotes; quotes and backslashes within it get a backslash.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(name=Ann "Boss" Lee)
        Set(x=${QUOTE(${name})})  ; => "Ann \"Boss\" Lee"
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@function("CSV_QUOTE")
def csv_quote(channel: Channel, text: Rest = "") -> str:
    """A text in quotes, those within it doubled, as files of comma-separated values want it.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        Set(name=Ann "Boss" Lee)
        Set(x=${CSV_QUOTE(${name})})  ; => "Ann ""Boss"" Lee"
    """
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


@function("PASSTHRU")
def pass_through(channel: Channel, text: Rest = "") -> str:
    """The text itself: for functions that take a variable's name where one has a value.

    Args:
        channel: The channel.
        text: Any.

    Examples:
        ; CUT() wants a variable's name
        Set(x=${CUT(PASSTHRU(a-b-c),,2)})  ; => b
    """
    return text


@function("KEYPADHASH")
def keypad_hash(channel: Channel, text: Rest = "") -> str:
    """The keys of a telephone that spell a text; what is on no key is left out.

    Args:
        channel: The channel.
        text: Any; digits stand for themselves.

    Examples:
        Set(x=${KEYPADHASH(Asterisk 22)})  ; => 2783747522
    """
    keys = text.upper() if text.isascii() else to_octets(text).upper().decode("ascii", "ignore")
    return "".join(key for key in keys.translate(_KEYS) if key in "0123456789")
