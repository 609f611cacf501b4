"""Sections of ``cdr_custom.conf`` and ``cel_custom.conf``: the columns of a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import Kind, Option, Options, Warnings, read_options
from switchroom.config.language.reader import Section

_TABLE: Mapping[str, Option] = MappingProxyType(
    {
        "fields": Option(Kind.TEXT, honoured=True),
        "format": Option(Kind.CHOICE, "dsv", choices=("dsv", "csv", "json"), honoured=True),
        "quote_character": Option(Kind.TEXT, '"', honoured=True),
        "quote_escape_character": Option(Kind.TEXT, "", honoured=True),
        "quoting_method": Option(
            Kind.CHOICE, "all", choices=("all", "minimal", "non_numeric", "none"), honoured=True
        ),
        "separator_character": Option(Kind.TEXT, ",", honoured=True),
    }
)
#: Commas that no bracket, brace or quote encloses.
_COMMA = re.compile(r'((?:[^,"({]|"[^"]*"|\([^()]*\)|\$?\{(?:[^{}]|\{[^{}]*\})*\})*)(?:,|$)')
_QUALIFIED = re.compile(r"(?P<name>[\w-]+)\((?P<words>[^()]*)\)\Z")
_NUMBERS = frozenset({"int32", "uint32", "int64", "uint64", "float"})

#: What the dialplan calls a column, with its qualifiers.
Reference = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a line."""

    name: str
    template: str  #: in the words of the dialplan
    is_number: bool = False
    is_whole: bool = False  #: without a fraction
    quotes: bool | None = None  #: None: as the file says


@dataclass(frozen=True, slots=True)
class LineFormat:
    """How the lines of one file look."""

    columns: tuple[Column, ...]
    is_json: bool = False
    separator: str = ","
    quote: str = '"'
    escape: str = '"'
    quoting: str = "all"  #: ``all``, ``minimal``, ``non_numeric`` or ``none``


def call_reference(name: str, form: str) -> str:
    """``${CDR(start,u)}``; ``form`` is how a time is to be told."""
    return f"${{CDR({name}{form})}}"


_EVENT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "peer": "BRIDGEPEER", "extra": "eventextra", "cid_name": "CALLERID(name)",
        "cid_num": "CALLERID(num)", "cid_ani": "CALLERID(ani)", "cid_rdnis": "CALLERID(rdnis)",
        "cid_dnid": "CALLERID(dnid)", "exten": "CHANNEL(exten)", "context": "CHANNEL(context)",
        "channame": "CHANNEL(channame)", "appname": "CHANNEL(appname)",
        "appdata": "CHANNEL(appdata)", "amaflags": "CHANNEL(amaflags)",
        "accountcode": "CHANNEL(accountcode)", "peeraccount": "CHANNEL(peeraccount)",
        "uniqueid": "CHANNEL(uniqueid)", "linkedid": "CHANNEL(linkedid)",
        "userfield": "CHANNEL(userfield)", "uniqueidnum": "CHANNEL(uniqueid)",
    }
)  # fmt: skip


def event_reference(name: str, _: str) -> str:
    """``${CHANNEL(uniqueid)}``; a name that is none of an event's is a variable."""
    return f"${{{_EVENT_WORDS.get(name.lower(), name)}}}"


def read_line_format(section: Section, reference: Reference, warnings: Warnings) -> LineFormat:
    """Read how the lines of a file look.

    Args:
        section: Named as the file is.
        reference: What the dialplan calls a column.
        warnings: Takes qualifiers that are none.

    Raises:
        ConfigError: No fields, a separator of several letters, or an option that is none.
    """
    options = read_options(section, _TABLE, what="file of records", warnings=warnings)
    is_json = options.choice("format") == "json"
    specifications = [each.strip() for each in _COMMA.findall(options.text("fields"))]
    columns = [_column(each, reference, options, warnings) for each in specifications if each]
    if not columns:
        message = f"[{section.name}] needs `fields`: the columns of a line"
        raise ConfigError(message, path=section.path, line=section.line)
    quote = _letter(options, "quote_character")
    return LineFormat(
        tuple(columns), is_json, _letter(options, "separator_character"), quote,
        _letter(options, "quote_escape_character") or quote, options.choice("quoting_method"),
    )  # fmt: skip


def _letter(options: Options, name: str) -> str:
    text = options.text(name)
    if len(text) > 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    text = {"\\t": "\t", "none": ""}.get(text.lower(), text)
    if len(text) > 1:
        path, line = options.section.path, options.line_of(name)
        raise ConfigError(f"{name} is one letter, not {text!r}", path=path, line=line)
    return text


def _column(text: str, reference: Reference, options: Options, warnings: Warnings) -> Column:
    """``clid``, ``start(uint64)``, ``clid(noquote)``, ``"a text"`` or ``name=${…}``."""
    alias, equals, expression = text.partition("=")
    if equals and re.fullmatch(r"[\w-]+", alias.strip()):
        return Column(alias.strip(), expression.strip())
    if text.startswith('"') or "${" in text or "$[" in text:
        return Column(text.strip('"'), text.strip('"'))
    match = _QUALIFIED.match(text)
    name, words = (match["name"], match["words"].split()) if match is not None else (text, [])
    is_number, is_whole, form = False, False, ""
    quotes: bool | None = None
    for word in words:
        if word.lower() in _NUMBERS:
            is_number, is_whole = True, word.lower() != "float"
            form = ",u" if is_whole else ",f"
        elif word.lower() in {"quote", "noquote"}:
            quotes = word.lower() == "quote"
        else:
            line = options.line_of("fields")
            warnings.add(f"{name}({word}) has no effect here", options.section.path, line)
    return Column(name, reference(name, form), is_number, is_whole, quotes)
