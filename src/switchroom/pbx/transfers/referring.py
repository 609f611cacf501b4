"""Asking a phone, outside of any call, to call somebody."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Referral:
    """Who is asked, and whom to call."""

    to: str  #: with its technology: ``pjsip:alice``
    sender: str
    target: str
    to_self: bool = False  #: the target is at this node
    headers: Mapping[str, str] = field(default_factory=dict)


#: Asks; returns whether there was a way.
Referrer = Callable[[Referral], Awaitable[bool]]


class Referrers(dict[str, Referrer]):
    """By technology in lower case: ``pjsip``, ``sip``. A datastore of the core."""
