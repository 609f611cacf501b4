"""What a text is worth: whether something in it comes from a caller, and in what shape."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from switchroom.tools.check import texts
from switchroom.tools.check.comparisons import ARITHMETIC, COMPARISONS, tokens
from switchroom.tools.check.plan import Extension
from switchroom.tools.check.taint.marks import Kind, Mark, State, joined
from switchroom.tools.check.texts import Piece, Reference
from switchroom.tools.check.variables import NAME_READERS

MAX_DEPTH = 40

_SLICE = re.compile(r"\s*(-?\d+)(?::\s*(-?\d+))?\s*$")
_HARMLESS = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ*#+-_.")

#: Variables that the other side of a call fills.
_SOURCES = {
    "SIPDOMAIN": Kind.TEXT, "SIPREFERTOHDR": Kind.TEXT, "SIPREFERREDBYHDR": Kind.TEXT,
    "SIPURI": Kind.TEXT, "SIPUSERAGENT": Kind.TEXT, "SIPCALLID": Kind.TEXT,
    "INVALID_EXTEN": Kind.TEXT, "RECEIVETEXTMESSAGE": Kind.TEXT, "USERUSERINFO": Kind.TEXT,
    "CALLERIDNUM": Kind.TEXT, "CALLERIDNAME": Kind.TEXT, "CALLERID": Kind.TEXT,
    "WAITDIGITRESULT": Kind.DIGITS,
}  # fmt: skip
SOURCES = frozenset(_SOURCES)
#: Functions that do, whatever they are asked.
_SOURCE_FUNCTIONS = frozenset(
    {"PJSIP_HEADER", "PJSIP_HEADERS", "PJSIP_HEADER_PARAM", "PJSIP_RESPONSE_HEADER"}
    | {"PJSIP_RESPONSE_HEADERS", "SIP_HEADER", "SIP_HEADERS", "REDIRECTING", "CONNECTEDLINE"}
    | {"CURL", "ODBC_FETCH", "MESSAGE", "MESSAGE_DATA", "SPEECH_TEXT", "ENUMLOOKUP", "ENUMRESULT"}
    | {"TXTCIDNAME"}
)
#: Functions that do when they are asked for one of these words.
_SOURCE_WORDS = {
    "CALLERID": re.compile(r"(?i)(all|name|num|number|ani|ani2|rdnis|dnid|tag|subaddr|ani-.*|"
                           r"priv-(all|name|num|subaddr|tag))$"),
    "CDR": re.compile(r"(?i)(clid|src|dst)$"),
    "CHANNEL": re.compile(r"(?i)(pjsip|uri|from|useragent|ruri|caller_url|caller_h323id)$"),
}  # fmt: skip
#: Functions whose result is of a shape that can do no harm, whatever they are given.
_CLEANSING = frozenset(
    {"FILTER", "URIENCODE", "BASE64_ENCODE", "MD5", "SHA1", "LEN", "REGEX", "EXISTS", "ISNULL"}
    | {"MATH", "ABS", "MIN", "MAX", "INC", "DEC", "RAND", "FIELDQTY", "FIELDNUM", "KEYPADHASH"}
    | {"DIGIT_SUM", "STRFTIME", "DIALPLAN_EXISTS", "VALID_EXTEN", "DB", "DB_EXISTS", "DB_KEYS"}
    | {"DB_KEYCOUNT", "DB_DELETE", "GROUP_COUNT", "GROUP_MATCH_COUNT", "DEVICE_STATE", "HINT"}
    | {"EXTENSION_STATE", "QUEUE_MEMBER", "QUEUE_EXISTS", "CONFBRIDGE_INFO", "VM_INFO", "VMCOUNT"}
    | {"BLACKLIST", "PJSIP_DIAL_CONTACTS", "PJSIP_ENDPOINT", "PJSIP_AOR", "PJSIP_CONTACT", "STAT"}
    | {"PRESENCE_STATE", "AES_ENCRYPT", "TIMEOUT", "UUID", "VERSION", "IFMODULE", "CHANNEL_EXISTS"}
    | {"SHELL", "FILE", "ENV", "REALTIME", "SYSINFO", "CHANNEL", "CDR", "CALLERID", "DIALGROUP"}
)
_QUOTING = frozenset({"QUOTE", "CSV_QUOTE"})
_ESCAPING = frozenset({"SQL_ESC", "SQL_ESC_BACKSLASHES"})


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Values as they are at one step."""

    state: State
    extension: Extension
    globals: Mapping[str, Mark] = field(default_factory=dict)  #: what any call may have set

    def of(self, text: str, depth: int = 0) -> Mark | None:
        """What is in a text; None where nothing comes from a caller."""
        if depth > MAX_DEPTH or not texts.has_parts(text):
            return None
        mark: Mark | None = None
        for piece in texts.pieces(text):
            mark = joined(mark, self._piece(piece, depth))
        return mark

    def _piece(self, piece: Piece, depth: int) -> Mark | None:
        if piece.kind == "variable":
            return self._reference(texts.reference_of(piece), depth)
        if piece.kind == "expression":
            return self._expression(piece.text, depth)
        return None

    def _expression(self, text: str, depth: int) -> Mark | None:
        operators = {token.text for token in tokens(text) if token.is_operator}
        if operators & (COMPARISONS | ARITHMETIC | {"=~", ":"}):
            return None  # a number, or what a regular expression let through
        return self.of(text, depth + 1)

    def _reference(self, reference: Reference, depth: int) -> Mark | None:
        name = reference.name.strip()
        if not reference.is_constant:
            return None
        if reference.arguments is None:
            return self.variable(name, reference.cut)
        if f"{name}({reference.arguments})" in self.state.checked:
            return None
        return self._function(name, reference.arguments, depth)

    def variable(self, name: str, cut: str | None = None) -> Mark | None:
        """What is in a variable."""
        if name in self.state.checked:
            return None
        if name == "EXTEN":
            return self._exten(cut)
        if name in self.state.marks:
            return self.state.marks[name]
        if name in self.globals:
            return self.globals[name]
        kind = _SOURCES.get(name)
        return Mark(kind, name) if kind is not None else None

    def _function(self, name: str, arguments: str, depth: int) -> Mark | None:
        first = texts.split_raw(arguments, ",")[0].text.strip() if arguments else ""
        if name in _SOURCE_FUNCTIONS or name.startswith("ODBC_"):
            return Mark(Kind.TEXT, f"{name}()")
        if name in _SOURCE_WORDS and _SOURCE_WORDS[name].match(first):
            return Mark(Kind.TEXT, f"{name}({first})")
        if name in _CLEANSING:
            return None
        if name in NAME_READERS:
            return self.variable(first)
        return self._handed_on(name, arguments, depth)

    def _handed_on(self, name: str, arguments: str, depth: int) -> Mark | None:
        """What a function lets through of its arguments."""
        if name in {"IF", "IFTIME"}:
            branches = texts.split_branches(arguments)
            sides = branches[1:] if branches is not None else ()
            marks = [self.of(side.text, depth + 1) for side in sides]
            return functools.reduce(joined, marks, None)
        if name == "SET":
            return self.of(arguments.partition("=")[2], depth + 1)
        mark = self.of(arguments, depth + 1)
        if mark is not None and name in _QUOTING:
            mark = replace(mark, is_quoted=True)
        if mark is not None and name in _ESCAPING:
            mark = replace(mark, is_escaped=True)
        return mark

    def _exten(self, cut: str | None) -> Mark | None:
        """``${EXTEN}`` under a pattern, unless that holds it to harmless letters."""
        pattern = self.extension.pattern
        if pattern is None:
            return None
        fixed = [symbol for symbol in pattern.symbols if not symbol.wildcard]
        is_open = len(fixed) < len(pattern.symbols)
        begin, end = _region(cut, len(fixed), is_open=is_open)
        letters = {letter for symbol in fixed[begin:end] for letter in symbol.characters}
        if (is_open and (end is None or end > len(fixed))) or not letters <= _HARMLESS:
            return Mark(Kind.TEXT, f"EXTEN under {self.extension.name}")
        return None


def _region(cut: str | None, size: int, *, is_open: bool) -> tuple[int, int | None]:
    """The positions that a slice takes, those of a pattern's open end behind ``size``."""
    match = _SLICE.match(cut) if cut is not None else None
    if match is None:
        return 0, None if is_open else size
    offset = int(match[1])
    length = int(match[2]) if match[2] is not None else None
    if not is_open:
        return 0, size  # every position is looked at: they are all of fixed symbols
    if offset < 0 or length is None or length < 0:
        return max(offset, 0), None
    return offset, offset + length
