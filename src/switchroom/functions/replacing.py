"""REPLACE, STRREPLACE, FILTER and STRBETWEEN: characters put in and left out.

Family: Texts
"""

from __future__ import annotations

from switchroom.base.errors import DialplanError
from switchroom.base.text import from_octets, leading_int, to_octets
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.compiler import MAX_RESULT
from switchroom.dialplan.escapes import decoded, delimiter_of
from switchroom.dialplan.registry import Rest, function
from switchroom.pbx.channel import Channel

MAX_OCTETS = 4 * MAX_RESULT  #: of what is kept


@function("REPLACE")
def replace(channel: Channel, name: str, characters: str, replacement: Rest = "") -> str:
    r"""A variable's value with each of some characters replaced, or left out.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        characters: Those that are replaced; no ranges, but escapes such as ``\x2c``.
        replacement: One character; empty: they are left out.

    Examples:
        Set(number=+49 30/123-45)
        Set(x=${REPLACE(number, /-)})  ; => +493012345
        Set(x=${REPLACE(number,/-,.)})  ; => +49 30.123.45
    """
    if not characters:
        raise DialplanError("REPLACE: no characters to look for")
    wanted = b"".join(decoded(characters))
    by = delimiter_of(replacement)
    value = to_octets(channel.pbx.dialplan.read_variable(channel, name))
    if not by:
        return from_octets(value.translate(None, wanted))
    return from_octets(value.translate(bytes.maketrans(wanted, by * len(wanted))))


@function("STRREPLACE")
def string_replace(
    channel: Channel, name: str, wanted: str, replacement: str = "", most: str = ""
) -> str:
    """A variable's value with a text replaced wherever it stands.

    Args:
        channel: The channel.
        name: The variable, without ``${}``.
        wanted: What is replaced.
        replacement: By what; empty: it is left out.
        most: How often at most; everywhere where it is not given.

    Examples:
        Set(text=to be or not to be)
        Set(x=${STRREPLACE(text,be,sleep)})  ; => to sleep or not to sleep
        Set(x=${STRREPLACE(text,to ,,1)})  ; => be or not to be
    """
    if not wanted:
        raise DialplanError("STRREPLACE: no text to look for")
    value = channel.pbx.dialplan.read_variable(channel, name)
    # No longer than what is kept of it can be: a long replacement would fill the memory.
    count = (leading_int(most) or 0) if most else -1
    if len(replacement) > 1:
        possible = MAX_RESULT // len(replacement) + 1
        count = possible if count < 0 else min(count, possible)
    return value.replace(wanted, replacement, count)


@function("FILTER")
def filter_(channel: Channel, arguments: Rest) -> str:
    r"""The characters of a text that are allowed.

    Args:
        channel: The channel.
        arguments: ``allowed,text``; allowed are characters, ranges ``a-z`` and escapes ``\x41``.

    Examples:
        Set(x=${FILTER(0-9,+49 30/123-45)})  ; => 493012345
        Set(x=${FILTER(a-zA-Z0-9\x20,Sales & Co. 2)})  ; => Sales  Co 2
    """
    allowed, *rest = separate(arguments, most=2, keep_quotes=True)
    if not rest:
        raise DialplanError("FILTER: expected FILTER(allowed,text)")
    keep = _allowed(allowed)
    return from_octets(bytes(octet for octet in to_octets(rest[0]) if octet in keep))


def _allowed(text: str) -> set[int]:
    octets = [octet[0] for octet in decoded(text)]
    keep: set[int] = set()
    position = 0
    while position < len(octets):
        first = octets[position]
        if octets[position + 1 : position + 2] == [ord("-")] and position + 2 < len(octets):
            last = octets[position + 2]
            position += 3
            # Asterisk: a range that runs backwards goes over the end of the octets (22).
            keep.update((first + n) % 256 for n in range((last - first) % 256 + 1))
        else:
            keep.add(first)
            position += 1
    return keep


@function("STRBETWEEN")
def string_between(channel: Channel, *arguments: str) -> str:
    """A variable's value with a text between each two of its characters.

    Args:
        channel: The channel.
        arguments: ``variable,text``; the variable without ``${}``. With a third one the result is
            empty.

    Examples:
        Set(digits=1234)
        Set(x=${STRBETWEEN(digits,-)})  ; => 1-2-3-4
    """
    if len(arguments) != 2 or not arguments[0]:
        raise DialplanError("STRBETWEEN: expected STRBETWEEN(variable,text)")
    between = to_octets(arguments[1])
    value = to_octets(channel.pbx.dialplan.read_variable(channel, arguments[0]))
    value = value[: MAX_OCTETS // (len(between) + 1) + 2]  # no more is kept
    return from_octets(between.join(value[n : n + 1] for n in range(len(value))))
