"""What a genuine Asterisk answered to AMI actions, against what we answer on the same configuration.

Names, order and values of headers are compared; times, ids, addresses and versions are masked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

Message = list[tuple[str, str]]

_MASKS = [
    (re.compile(r"\b\d{10}\.\d+\b"), "UNIQUE"),
    (re.compile(r"-[0-9a-f]{8}(?=[;\s,]|$)"), "-NUMBER"),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"(?<=:)(?:1[0-9]{4}|[2-6][0-9]{4})(?=\D|$)"), "PORT"),
    (re.compile(r"\b0x[0-9a-f]+\b"), "0xID"),
]
#: Their values are the machine's, or the moment's.
_FREE = frozenset(
    {
        "Timestamp", "AsteriskVersion", "CoreStartupDate", "CoreStartupTime", "CoreReloadDate",
        "CoreReloadTime", "CoreProcessedCalls", "Challenge", "EventTV", "SessionTV",
        "LoginTime", "LastPause", "LocalAddress", "RemoteAddress", "Uptime", "LastReload",
    }
)  # fmt: skip


def parse(text: str) -> list[Message]:
    """Messages with their headers."""
    found = []
    for part in re.split(r"\r\n\r\n", text):
        lines = [line for line in part.split("\r\n") if line.strip()]
        if lines:
            found.append([(n, v) for n, _, v in (line.partition(": ") for line in lines)])
    return found


def masked(name: str, value: str) -> tuple[str, str]:
    if name in _FREE:
        return name, "…"
    for pattern, instead in _MASKS:
        value = pattern.sub(instead, value)
    if name == "Output":
        value = re.sub(r"\d+ calls? processed", "N calls processed", value)
    return name, value.strip()


def without_ticket(message: Message) -> Message:
    return [header for header in message if header[0] != "ActionID"]


@dataclass
class Comparison:
    """How two answers compare, header by header."""

    same: int = 0
    fields: int = 0
    differences: list[str] = field(default_factory=list)

    def compare(self, wanted: Message, found: Message | None) -> None:
        left = [masked(*header) for header in wanted]
        right = [masked(*header) for header in found or []]
        self.fields += max(len(left), len(right))
        if left == right:
            self.same += len(left)
            return
        names = [name for name, _ in left]
        if names == [name for name, _ in right]:
            for one, other in zip(left, right, strict=True):
                if one == other:
                    self.same += 1
                else:
                    self.differences.append(f"{one[0]}: {one[1]!r} is {other[1]!r} here")
            return
        rest = list(right)
        for header in left:
            if header in rest:
                rest.remove(header)
                self.same += 1
            else:
                self.differences.append(f"missing {header[0]}: {header[1]}")
        self.differences += [f"more {name}: {value}" for name, value in rest]


_KEYS = ("Event", "Response", "Channel", "Device", "Variable", "ObjectName", "DestChannel")


def _key(message: Message) -> tuple[tuple[str, str], ...]:
    """What a message is about: messages of one key are compared with one another."""
    return tuple(masked(*header) for header in message if header[0] in _KEYS)


def compare(wanted: list[Message], found: list[Message]) -> Comparison:
    """Compare two answers; a message that one of them lacks moves no other out of its place."""
    result = Comparison()
    rest = [without_ticket(each) for each in found]
    for message in map(without_ticket, wanted):
        key = _key(message)
        fitting = next((each for each in rest if _key(each) == key), None)
        if fitting is None and len(wanted) == len(found) == 1:
            fitting = rest[0]
        if fitting is not None:
            rest.remove(fitting)
        result.compare(message, fitting)
    for message in rest:
        result.compare([], message)
    return result
