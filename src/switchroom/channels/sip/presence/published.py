"""What published bodies say: presence of people (RFC 3863, RFC 4480), dialogs (RFC 4235)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from switchroom.pbx.states.device_state import DeviceState
from switchroom.pbx.states.presence import Presence, PresenceState

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_NOTE = 200  #: letters
_COUNTS = re.compile(r"([0-9]{1,6})\s*/\s*([0-9]{1,6})")

_ACTIVITIES: Mapping[str, PresenceState] = MappingProxyType(
    {
        "away": PresenceState.AWAY, "meal": PresenceState.AWAY, "meeting": PresenceState.AWAY,
        "on-the-phone": PresenceState.AWAY, "busy": PresenceState.DND,
        "do-not-disturb": PresenceState.DND, "holiday": PresenceState.XA,
        "permanent-absence": PresenceState.XA, "vacation": PresenceState.XA,
    }
)  # fmt: skip
_RINGING = frozenset({"trying", "proceeding", "early"})


def _elements(body: bytes) -> Iterator[Element]:
    """All elements of a document, in order; entities of its own are none of ours.

    Raises:
        ValueError: It cannot be read.
    """
    if b"<!" in body.replace(b"<!--", b""):
        raise ValueError("a document with declarations")
    from xml.etree import ElementTree  # only nodes that something is published to pay for it

    try:
        root = ElementTree.fromstring(body)
    except (ElementTree.ParseError, LookupError) as error:
        raise ValueError(str(error)) from error
    return root.iter()


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def presence_of(body: bytes) -> Presence:
    """The presence in a PIDF document.

    Raises:
        ValueError: It is none.
    """
    basic, activity, note, kind = "", "", "", ""
    for each in _elements(body):
        name, text = _name(each), (each.text or "").strip()
        kind = kind or name
        if name == "basic":
            basic = basic or text.lower()
        elif name in _ACTIVITIES:
            activity = activity or name
        elif name == "note":
            note = note or text
    if kind != "presence":
        raise ValueError(f"{kind[:30]} instead of presence")
    state = PresenceState.UNAVAILABLE if basic == "closed" else PresenceState.AVAILABLE
    if activity and state is PresenceState.AVAILABLE:
        state = _ACTIVITIES[activity]
    return Presence(state, activity, " ".join(note.split())[:MAX_NOTE])


def device_state_of(body: bytes) -> DeviceState:
    """The state of a device that a dialog-info document tells the calls of.

    Raises:
        ValueError: It is none.
    """
    kind, states = "", set[str]()
    for each in _elements(body):
        kind = kind or _name(each)
        if _name(each) == "state":
            states.add((each.text or "").strip().lower())
    if kind != "dialog-info":
        raise ValueError(f"{kind[:30]} instead of dialog-info")
    if "confirmed" in states:
        return DeviceState.RINGINUSE if states & _RINGING else DeviceState.INUSE
    return DeviceState.RINGING if states & _RINGING else DeviceState.NOT_INUSE


def messages_of(body: bytes) -> tuple[int, int]:
    """New and old voice messages of a message summary (RFC 3842).

    Raises:
        ValueError: It is none.
    """
    lines = (line.partition(":") for line in body.decode("utf-8", "replace").splitlines())
    fields = {name.strip().lower(): value.strip() for name, _, value in lines}
    if "messages-waiting" not in fields:
        raise ValueError("no message summary")
    found = _COUNTS.match(fields.get("voice-message", ""))
    if found is not None:
        return int(found[1]), int(found[2])
    return (1 if fields["messages-waiting"].lower() == "yes" else 0), 0
