r"""ENUMLOOKUP, ENUMQUERY, ENUMRESULT and TXTCIDNAME: telephone numbers in the domain name system.

Family: Names and numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.posix_regex import compile_posix
from switchroom.dialplan.registry import function
from switchroom.net.names import Names, NameServiceError, NaptrRecord
from switchroom.pbx.channel import Channel

ZONE = "e164.arpa"
MAX_DIGITS = 60
MAX_URI = 512
MAX_KINDS = 5  #: of one record, ``E2U+sip+tel``
MAX_QUERIES = 100  #: of one channel; the oldest is forgotten

_REFERENCE = re.compile(r"\\([0-9\\])")


@dataclass(frozen=True, slots=True)
class EnumOptions:
    """Option letters of ENUMLOOKUP."""

    count: bool = option("c", "Read how many there are of that kind.")
    with_scheme: bool = option("u", "Read the whole URI, with sip: before it.")
    subscriber: bool = option("s", "The number is an ISN, 1234*256.")
    infrastructure: bool = option("i", "Ask the zone of carriers, i.e164.arpa below the country.")
    direct: bool = option("d", "The number is a name already: it is asked as it is.")


@dataclass(frozen=True, slots=True)
class Found:
    """One URI that a number has."""

    kind: str  #: ``sip``, ``tel``, ``email:mailto``, …
    uri: str


class EnumQueries(dict[int, list[Found]]):
    """The answers that a channel has, by their numbers."""

    asked = 0

    def add(self, found: list[Found]) -> int:
        """Keep an answer; returns its number."""
        if len(self) >= MAX_QUERIES:
            del self[next(iter(self))]
        number, self.asked = self.asked, self.asked + 1
        self[number] = found
        return number


def name_of_number(number: str, zone: str, options: EnumOptions = EnumOptions()) -> str:
    """The name that is asked for a number, ``0.0.1.9.4.e164.arpa``."""
    if options.direct:
        return f"{number}.{zone}" if zone else number
    if options.subscriber:
        subscriber, _, domain = number.partition("*")
        return ".".join([*_reversed(subscriber), *_reversed(domain), zone or "freenum.org"])
    zone = zone or (f"i.{ZONE}" if options.infrastructure else ZONE)
    return ".".join([*_reversed(number), zone])


def _reversed(number: str) -> list[str]:
    return [digit for digit in reversed(number) if digit in "0123456789"][:MAX_DIGITS]


def uris_of(number: str, records: list[NaptrRecord]) -> list[Found]:
    """The URIs that rules make of a number, in their order."""
    found: list[Found] = []
    for record in sorted(records):
        words = record.service.lower().split("+")
        kinds = [word for word in words if word != "e2u"][:MAX_KINDS]
        uri = _rewritten(number, record.expression)
        if record.flags.lower() == "u" and "e2u" in words and kinds and uri:
            found += [Found(kind, uri) for kind in kinds]
    return found


def _rewritten(number: str, rule: str) -> str:
    """Apply ``!expression!replacement!flags`` (RFC 3402 §3.2); nothing where it does not match."""
    parts = rule[1:].split(rule[:1]) if rule else []
    if len(parts) < 2:
        return ""
    ignore_case = "i" in "".join(parts[2:])
    pattern = compile_posix(parts[0], ignore_case=ignore_case)
    match = pattern.search(number) if pattern is not None else None
    if pattern is None or match is None:
        return ""
    groups = [match[n] for n in range(min(pattern.groups, 9) + 1)]

    def put(reference: re.Match[str]) -> str:
        word = reference[1]
        if word == "\\":
            return word
        return groups[int(word)] if int(word) < len(groups) else ""

    return _REFERENCE.sub(put, parts[1])[:MAX_URI]


async def _lookup(
    channel: Channel, number: str, kind: str, zone: str, options: EnumOptions
) -> list[Found]:
    name = name_of_number(number, zone, options)
    digits = "".join(letter for letter in number if letter in "0123456789")
    try:
        records = await channel.pbx.datastore(Names).naptr(name)
    except NameServiceError as error:
        raise DialplanError(f"ENUM: {error}") from error
    found = uris_of((number if options.direct else f"+{digits}")[:MAX_URI], records)
    wanted = kind.strip().lower()
    return [each for each in found if wanted in {each.kind, each.kind.partition(":")[0], "all"}]


def _without_scheme(found: Found) -> str:
    scheme, colon, rest = found.uri.partition(":")
    return rest if colon and scheme.lower() == found.kind.partition(":")[0] else found.uri


@function("ENUMLOOKUP")
async def enum_lookup(  # the dialplan's own arguments
    channel: Channel,
    number: str,
    kind: str = "sip",
    options: EnumOptions = EnumOptions(),
    record: str = "1",
    zone: str = "",
) -> str:
    """The address that a telephone number has on the internet.

    Args:
        channel: The channel.
        number: The number, with its country.
        kind: Of the address: ``sip``, ``tel``, ``h323``, …, or ``ALL``.
        options: Option letters.
        record: Which one, from 1, in the order of preference.
        zone: Where it is looked for; ``e164.arpa`` where it is not given.

    Examples:
        Set(address=${ENUMLOOKUP(+4930123456)})
    """
    found = await _lookup(channel, number, kind, zone, options)
    if options.count:
        return str(len(found))
    place = leading_int(record) or 1
    if not 1 <= place <= len(found):
        return ""
    chosen = found[place - 1]
    return chosen.uri if options.with_scheme else _without_scheme(chosen)


@function("ENUMQUERY")
async def enum_query(channel: Channel, number: str, kind: str = "sip", zone: str = "") -> str:
    """Ask for the addresses of a telephone number, and read what ENUMRESULT() calls the answer.

    Args:
        channel: The channel.
        number: The number, with its country.
        kind: Of the addresses: ``sip``, ``tel``, …, or ``ALL``.
        zone: Where it is looked for; ``e164.arpa`` where it is not given.

    Examples:
        Set(id=${ENUMQUERY(+4930123456)})
        Set(address=${ENUMRESULT(${id},1)})
    """
    found = await _lookup(channel, number, kind, zone, EnumOptions())
    return str(channel.datastore(EnumQueries).add(found))


@function("ENUMRESULT")
def enum_result(channel: Channel, query: str, number: str) -> str:
    """One of the addresses that ENUMQUERY() found.

    Args:
        channel: The channel.
        query: What ENUMQUERY() read.
        number: Which one, from 1; ``getnum``: how many there are.

    Examples:
        Set(id=${ENUMQUERY(+4930123456)})
        Set(count=${ENUMRESULT(${id},getnum)})
    """
    queries = channel.datastore(EnumQueries)
    index = leading_int(query)
    if index is None or index not in queries:
        raise DialplanError(f"ENUMRESULT: ENUMQUERY() has no answer {query!r}")
    found = queries[index]
    if number.strip().lower() == "getnum":
        return str(len(found))
    place = leading_int(number) or 0
    return _without_scheme(found[place - 1]) if 1 <= place <= len(found) else ""


@function("TXTCIDNAME")
async def text_caller_name(channel: Channel, number: str, zone: str = "") -> str:
    """The name that belongs to a telephone number, by a text record.

    Args:
        channel: The channel.
        number: The number, with its country.
        zone: Where it is looked for; ``e164.arpa`` where it is not given.

    Examples:
        Set(CALLERID(name)=${TXTCIDNAME(${CALLERID(num)})})
    """
    try:
        texts = await channel.pbx.datastore(Names).txt(name_of_number(number, zone))
    except NameServiceError as error:
        raise DialplanError(f"TXTCIDNAME: {error}") from error
    return texts[0] if texts else ""
