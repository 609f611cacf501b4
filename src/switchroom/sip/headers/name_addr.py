"""``"Name" <uri>;parameters``: From, To, Contact, Route and their like (RFC 3261 §20.10)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.parameters import parse_parameters, split_list

#: What most From, To and Contact headers are; anything else is read letter by letter.
_USUAL = re.compile(
    r'(?:"(?P<name>[^"\\]*)" *)?<(?P<uri>[^<>"\s]+)>(?:;tag=(?P<tag>[^\s;,="<>]+))?$'
)


class NameAddr(NamedTuple):
    """One address with its header parameters; the URI stays text until somebody asks."""

    uri: str
    name: str = ""
    parameters: Mapping[str, str] = MappingProxyType({})

    @property
    def tag(self) -> str:
        """The dialog tag, empty when there is none."""
        return self.parameters.get("tag", "")

    def __str__(self) -> str:
        text = f"<{self.uri}>"
        for key, value in self.parameters.items():
            text += f";{key}={value}" if value else f";{key}"
        if not self.name:
            return text
        name = self.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{name}" {text}'


@lru_cache(maxsize=512)
def parse_name_addr(value: str) -> NameAddr:
    """Parse one name-addr or addr-spec with its parameters.

    The last few are remembered: the messages of a dialog repeat their From, To and Contact.

    Raises:
        RemoteSipError: Unbalanced quotes or brackets, or nothing between them.
    """
    usual = _USUAL.match(value)
    if usual is not None:
        name, uri, tag = usual.groups("")
        return NameAddr(uri, name, {"tag": tag} if tag else {})
    name, value = _take_quoted_name(value.strip())
    opening = value.find("<")
    if opening >= 0:
        closing = value.find(">", opening)
        if closing < 0 or '"' in value[:opening]:
            raise RemoteSipError("Unbalanced < or quote in address")
        name = name or value[:opening].strip()
        uri = value[opening + 1 : closing]
        rest = value[closing + 1 :].strip()
    else:
        # Without <> whatever follows a semicolon belongs to the header (RFC 3261 §20.10).
        uri, semicolon, rest = value.partition(";")
        uri, rest = uri.strip(), semicolon + rest
        if "?" in uri or "," in uri:
            raise RemoteSipError("Address needs <> around its URI")
    if not uri or uri != uri.strip():
        raise RemoteSipError("Bad URI in address")
    if rest and not rest.startswith(";"):
        raise RemoteSipError("Junk behind an address")
    return NameAddr(uri, name, parse_parameters(rest[1:]) if rest else {})


def _take_quoted_name(value: str) -> tuple[str, str]:
    """The display name in quotes, unescaped, and what follows it."""
    if not value.startswith('"'):
        return "", value
    end = 1
    while end < len(value) and value[end] != '"':
        end += 2 if value[end] == "\\" else 1
    if end >= len(value):
        raise RemoteSipError("Unbalanced quote in address")
    rest = value[end + 1 :].lstrip()
    if not rest.startswith("<"):
        raise RemoteSipError("Address without <> after a name")
    return value[1:end].replace('\\"', '"').replace("\\\\", "\\"), rest


def parse_name_addrs(values: list[str]) -> list[NameAddr]:
    """Parse a header that may hold several addresses a line and several lines."""
    if len(values) == 1 and "," not in values[0]:
        return [parse_name_addr(values[0])]
    return [parse_name_addr(each) for value in values for each in split_list(value)]
