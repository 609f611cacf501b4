"""What the caller's keys do while Dial() rings: d() and H() of Dial. No application itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from switchroom.apps.dialing.options import DialOptions
from switchroom.dialplan.substitution import variable
from switchroom.pbx.channel import Channel
from switchroom.pbx.dialing import Dialing
from switchroom.pbx.features import features_for


@contextmanager
def keys_while_dialling(channel: Channel, dialing: Dialing, options: DialOptions) -> Iterator[None]:
    """Look at the caller's keys; one that leaves gives the dial up."""
    if not (options.digit_leaves or options.calling_ends):
        yield
        return
    keyed = ""

    def key(digit: str, _duration: float) -> None:
        nonlocal keyed
        keyed += digit
        context = variable(channel, "EXITCONTEXT") or channel.context
        if options.digit_leaves and channel.pbx.dialplan.exists(channel, digit, 1, context):
            channel.goto(context, digit, 1)
            dialing.give_up()
        elif options.calling_ends and keyed.endswith(features_for(channel).disconnect or "*"):
            dialing.give_up()

    channel.on_key = key
    try:
        yield
    finally:
        channel.on_key = None
