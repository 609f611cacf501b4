"""An extension that a feature adds to the dialplan, beside what is written there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddedExtension:
    """One extension with one step, or a hint."""

    context: str
    extension: str
    application: str  #: or the devices of a hint
    data: str = ""
    is_hint: bool = False
