"""What systems tell each other of their devices and mailboxes: JSON, as Asterisk has it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from switchroom.pbx.states.device_state import DeviceState, parse_device_state

MAX_NAME = 256  #: letters of a device, a mailbox or a system
MAX_MESSAGES = 1_000_000


@dataclass(frozen=True, slots=True)
class DeviceSaid:
    """The state of a device at another system."""

    system: str
    device: str
    state: DeviceState


@dataclass(frozen=True, slots=True)
class MailboxSaid:
    """The messages in a mailbox at another system."""

    system: str
    mailbox: str
    new: int
    old: int


@dataclass(frozen=True, slots=True)
class RefreshAsked:
    """A system wants to be told everything again."""

    system: str


Word = DeviceSaid | MailboxSaid | RefreshAsked


def parse_word(body: bytes) -> Word:
    """Read one body.

    Raises:
        ValueError: It is none.
    """
    try:
        found = json.loads(body)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004  # of the wire, not of a caller
    system = _name(found, "eid")
    match found.get("type"):
        case "devicestate":
            state = parse_device_state(_name(found, "state"))
            return DeviceSaid(system, _name(found, "device"), state)
        case "mailboxstate":
            name = _name(found, "uniqueid")
            return MailboxSaid(system, name, _count(found, "new"), _count(found, "old"))
        case "refresh":
            return RefreshAsked(system)
        case _:
            raise ValueError("no type that is known")


def _name(found: dict[str, object], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= MAX_NAME or not value.isprintable():
        raise ValueError(f"{key} is no name")
    return value


def _count(found: dict[str, object], key: str) -> int:
    value = found.get(key)
    if not isinstance(value, int) or not 0 <= value <= MAX_MESSAGES:
        raise ValueError(f"{key} is no count")
    return int(value)


def write_word(word: Word) -> bytes:
    """Write one body."""
    said: dict[str, object] = {"type": "refresh"}
    match word:
        case DeviceSaid(_, device, state):
            said = {"type": "devicestate", "device": device, "state": state.value, "cachable": 1}
        case MailboxSaid(_, mailbox, new, old):
            said = {"type": "mailboxstate", "uniqueid": mailbox, "old": old, "new": new}
        case RefreshAsked():
            pass
    return json.dumps({**said, "eid": word.system}).encode()
