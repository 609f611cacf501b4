"""Transfer(): let the caller's own side call somebody else.

Family: Calls
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from switchroom.dialplan.registry import Rest, application
from switchroom.pbx.channel import Channel


@runtime_checkable
class CanTransfer(Protocol):
    """A driver whose protocol can send its party elsewhere."""

    async def transfer(self, destination: str) -> int:
        """Ask the party to call ``destination``.

        Returns:
            0 where it did; otherwise its protocol's status.
        """
        ...


@application("Transfer", goes_on=True)
async def transfer(channel: Channel, destination: Rest) -> None:
    """Ask the caller's side to call somebody else instead.

    Args:
        channel: The channel.
        destination: ``[Technology/]destination``; a technology other than the channel's fails.

    Variables:
        TRANSFERSTATUS: SUCCESS, FAILURE, or UNSUPPORTED where the channel cannot do that.
        TRANSFERSTATUSPROTOCOL: 0, or the status of its protocol.

    Examples:
        Transfer(PJSIP/sip:200@pbx.example.com)
        NoOp(${TRANSFERSTATUS})
    """
    technology, slash, rest = destination.partition("/")
    own = channel.name.partition("/")[0]
    status, code = "UNSUPPORTED", 0
    if slash and technology.lower() != own.lower():
        status = "FAILURE"
    elif isinstance(channel.driver, CanTransfer):
        code = await channel.driver.transfer(rest if slash else destination)
        status = "FAILURE" if code else "SUCCESS"
    channel.set_variable("TRANSFERSTATUS", status)
    channel.set_variable("TRANSFERSTATUSPROTOCOL", str(code))
