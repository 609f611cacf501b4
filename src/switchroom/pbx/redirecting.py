"""Callers are told that their call goes elsewhere, where their technology can."""

from __future__ import annotations

from collections.abc import Callable

from switchroom.pbx.channel import Channel
from switchroom.pbx.interception import Told, tell_intercepted


def tell_redirecting(channel: Channel) -> None:
    """Tell a channel's party what ``channel.redirecting`` says now.

    A driver that can has ``tell_redirecting``; it does so before the answer only.
    """
    tell: Callable[[], None] | None = getattr(channel.driver, "tell_redirecting", None)
    if tell is not None and not channel.is_hung_up:
        tell()


def redirect_caller(caller: Channel, called: Channel) -> None:
    """The call of ``caller`` goes elsewhere, as ``called`` knows.

    A routine of the dialplan may change it before (``REDIRECTING_SEND_SUB``).
    """
    caller.redirecting = called.redirecting.copy()
    tell_intercepted(caller, Told.REDIRECTING, lambda: tell_redirecting(caller))
