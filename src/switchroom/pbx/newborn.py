"""What is known of a channel when it is made, so that its first event tells it."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.pbx.caller_id import CallerId


@dataclass(frozen=True, slots=True)
class Newborn:
    """Who it is, and whom it belongs to."""

    caller: CallerId | None = None
    language: str = "en"
    account_code: str = ""
    linked_id: str = ""  #: of its call; empty: it begins one


STRANGER = Newborn()  #: nothing is known yet
