"""What a dialplan test says when it fails."""

from __future__ import annotations

from switchroom.tools.simulate.ending import EndedBy, ending_of
from switchroom.tools.simulate.listing import Listing
from switchroom.tools.simulate.simulation import SimulatedCall

SHOWN_LINES = 60  #: of the trace: the newest


class CallFailedError(AssertionError):
    """A call did not do what the test expects; the message shows what it did."""


def failure(call: SimulatedCall, message: str) -> CallFailedError:
    """An error that tells what was expected, how the call stands, and what it did."""
    lines = list(Listing(call).trace())
    left_out = len(lines) - SHOWN_LINES
    if left_out > 0:
        lines = [f"  ({left_out} lines before)", *lines[-SHOWN_LINES:]]
    what = f"the call to {call.incoming.extension} in {call.incoming.context}"
    story = "\n".join(lines) or "  nothing yet"
    return CallFailedError(f"{message}\n{what}, {_standing(call)}:\n{story}")


def _standing(call: SimulatedCall) -> str:
    ending = ending_of(call)
    if ending.by is not EndedBy.NOBODY:
        return f"which ended after {ending.at - call.began_at:.3f} s ({ending.why})"
    channel = call.channel
    place = f"{channel.context},{channel.extension},{channel.priority}"
    now = call.simulation.loop.time() - call.began_at
    return f"which after {now:.3f} s is at {place} in {channel.application or 'nothing'}()"
