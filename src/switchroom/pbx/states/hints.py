"""Hints: which devices an extension stands for, and so which state it has."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, combined, device_state


@dataclass(frozen=True, slots=True)
class Hint:
    """The hint of one extension."""

    devices: tuple[str, ...]
    name: str = ""
    presence: str = ""  #: what its presence is made of

    @property
    def text(self) -> str:
        """As it is written, without the name: ``PJSIP/alice&Custom:away``."""
        devices = "&".join(self.devices)
        return f"{devices},{self.presence}" if self.presence else devices


def parse_hint(text: str) -> Hint:
    """Read ``device&device[,presence]``, the whole perhaps with ``(name)`` behind it."""
    name = ""
    if text.endswith(")") and "(" in text:
        text, _, name = text[:-1].rpartition("(")
    devices, _, presence = text.partition(",")
    return Hint(tuple(filter(None, devices.strip().split("&"))), name, presence.strip())


def find_hint(pbx: Pbx, context: str, extension: str) -> Hint | None:
    """The hint of an extension; None where it has none."""
    text = pbx.dialplan.hint_text(context, extension)
    return parse_hint(text) if text else None


def extension_state(pbx: Pbx, hint: Hint) -> DeviceState:
    """The state of an extension that has a hint."""
    return combined(device_state(pbx, device) for device in hint.devices)
