"""Gosub's frames: where to return to, and the variables that are local to a routine.

A local variable stands among the channel's own ones while its routine runs; the frame keeps what it
hides. So reading a variable is one look-up, whatever the depth.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from switchroom.base.errors import DialplanError
from switchroom.pbx.channel import Channel

MAX_FRAMES = 512  #: a routine that calls itself for ever ends here


@dataclass(slots=True)
class Frame:
    """One call of a routine."""

    context: str
    extension: str
    priority: int  #: to return to
    argument_count: int
    hidden: dict[str, str | None]  #: what its variables hide; None: it was not set


def frames_of(channel: Channel) -> list[Frame]:
    """The frames of a channel, the innermost last."""
    return channel.frames  # type: ignore[return-value]  # only this module puts any in


def set_local(channel: Channel, name: str, value: str) -> None:
    """Set a variable that ends with the innermost routine.

    Raises:
        DialplanError: No routine runs.
    """
    frames = frames_of(channel)
    if not frames:
        raise DialplanError(f"LOCAL({name}): no Gosub routine runs")
    frames[-1].hidden.setdefault(name, channel.variables.get(name))
    channel.variables[name] = value


def push(channel: Channel, arguments: list[str], *, return_to: tuple[str, str, int]) -> None:
    """Enter a routine.

    Raises:
        DialplanError: Too deep.
    """
    frames = frames_of(channel)
    if len(frames) >= MAX_FRAMES:
        raise DialplanError(f"Gosub: deeper than {MAX_FRAMES} routines")
    count = len(arguments)
    variables = channel.variables
    hidden = {"ARGC": variables.get("ARGC")}
    variables["ARGC"] = str(count)
    for name, argument in zip(_argument_names(count), arguments, strict=True):
        hidden[name] = variables.get(name)
        variables[name] = argument
    before = frames[-1].argument_count if frames else 0
    for name in _argument_names(before)[count:]:  # the caller's further arguments are not ours
        hidden[name] = variables.get(name)
        variables[name] = ""
    frames.append(Frame(*return_to, count, hidden))


@lru_cache(maxsize=64)
def _argument_names(count: int) -> tuple[str, ...]:
    return tuple(f"ARG{number}" for number in range(1, count + 1))


def pop(channel: Channel) -> Frame | None:
    """Leave the innermost routine, giving back what its variables hid; None where none runs."""
    frames = frames_of(channel)
    if not frames:
        return None
    frame = frames.pop()
    for name, value in frame.hidden.items():
        if value is None:
            channel.variables.pop(name, None)
        else:
            channel.variables[name] = value
    return frame
