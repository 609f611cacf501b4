"""BlindTransfer(), AttendedTransfer(): transfers by the dialplan.

Family: Calls
"""

from __future__ import annotations

from switchroom.dialplan.registry import application
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.transfers.aside import transfer_context
from switchroom.pbx.transfers.attended import attended_transfer_to
from switchroom.pbx.transfers.transfer import TransferResult, transfer


@application("BlindTransfer")
def blind_transfer(channel: Channel, extension: str, context: str = "") -> None:
    """Send whom this channel talks to to an extension, and be let go.

    For what is executed during a conversation: an application of ``features.conf``.

    Args:
        channel: The channel.
        extension: Where to.
        context: Of it; empty: TRANSFER_CONTEXT, else this channel's.

    Variables:
        BLINDTRANSFERSTATUS: SUCCESS, FAILURE, INVALID or NOTPERMITTED.

    Examples:
        exten => 1,1,BlindTransfer(200)
         same => n,NoOp(${BLINDTRANSFERSTATUS})
    """
    party = party_of(channel)
    where = context or transfer_context(channel)
    result = TransferResult.INVALID if party is None else transfer(party, extension, where)
    channel.set_variable("BLINDTRANSFERSTATUS", result)


@application("AttendedTransfer")
async def attended_transfer(channel: Channel, extension: str) -> None:
    """Ask somebody before whom this channel talks to is transferred.

    For what is executed during a conversation. Hanging up joins the two.

    Args:
        channel: The channel.
        extension: Whom to ask, in TRANSFER_CONTEXT, else in this channel's context.

    Variables:
        ATTENDEDTRANSFERSTATUS: SUCCESS, FAILURE or NOTPERMITTED.

    Examples:
        exten => 1,1,AttendedTransfer(200)
         same => n,NoOp(${ATTENDEDTRANSFERSTATUS})
    """
    party = party_of(channel)
    context = transfer_context(channel)
    talks = party is not None and bool(party.others)
    if (
        party is None
        or not talks
        or not channel.pbx.dialplan.exists(channel, extension, 1, context)
    ):
        channel.set_variable("ATTENDEDTRANSFERSTATUS", "FAILURE")
        return
    channel.set_variable("ATTENDEDTRANSFERSTATUS", "SUCCESS")
    channel.pbx.spawn(attended_transfer_to(party, extension), name=channel.name)
