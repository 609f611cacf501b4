"""Channels: which there are, and what becomes of their calls."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Protocol, runtime_checkable

from switchroom.ari.context import Request, split_arguments
from switchroom.ari.errors import AriError
from switchroom.ari.models.channels import Channel, RTPstat
from switchroom.ari.registry import Wire, operation
from switchroom.ari.statistics import rtp_statistics
from switchroom.pbx.channel import Channel as CoreChannel
from switchroom.pbx.channel import ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.signal_tones import play_indication, stop_tones
from switchroom.pbx.technology import Indication
from switchroom.pbx.telling import request_hangup
from switchroom.pbx.transfers.by_program import ProgramTransfers, TransferProgress

STATES = (404, 409, 412)

_REASONS: Mapping[str, HangupCause] = MappingProxyType(
    {
        "normal": HangupCause.NORMAL_CLEARING,
        "busy": HangupCause.USER_BUSY,
        "congestion": HangupCause.NORMAL_CIRCUIT_CONGESTION,
        "no_answer": HangupCause.NO_ANSWER,
        "timeout": HangupCause.RECOVERY_ON_TIMER_EXPIRE,
        "rejected": HangupCause.CALL_REJECTED,
        "unallocated": HangupCause.UNALLOCATED,
        "normal_unspecified": HangupCause.NORMAL_UNSPECIFIED,
        "number_incomplete": HangupCause.INVALID_NUMBER_FORMAT,
        "codec_mismatch": HangupCause.BEARERCAPABILITY_NOTAVAIL,
        "interworking": HangupCause.INTERWORKING,
        "failure": HangupCause.NETWORK_OUT_OF_ORDER,
        "answered_elsewhere": HangupCause.ANSWERED_ELSEWHERE,
    }
)


@runtime_checkable
class CanTransfer(Protocol):
    """A driver whose protocol can send its party elsewhere."""

    async def transfer(self, destination: str) -> int:
        """Ask the party to call ``destination``; returns 0 where it did."""
        ...


@operation("GET", "/channels", "list")
def list_channels(ari: Request) -> list[Channel]:
    """List all channels.

    Args:
        ari: The request.
    """
    return [ari.view.channel(each) for each in ari.pbx.channels.values()]


@operation("GET", "/channels/{channelId}", "get", errors=(404,))
def get(ari: Request, channel_id: str) -> Channel:
    """Tell about one channel.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    return ari.view.channel(ari.channel(channel_id))


@operation("DELETE", "/channels/{channelId}", "hangup", errors=(400, 404))
def hang_up(
    ari: Request,
    channel_id: str,
    reason_code: Annotated[str, Wire("reason_code")] = "",
    reason: str = "",
) -> None:
    """End a call.

    Args:
        ari: The request.
        channel_id: Of the channel.
        reason_code: A cause as ISDN numbers it.
        reason: A cause by its name; not both.
    """
    channel = ari.channel(channel_id)
    if reason and reason_code:
        raise AriError(400, "The reason and reason_code can't both be specified")
    cause = HangupCause.NORMAL_CLEARING
    if reason:
        found = _REASONS.get(reason.lower())
        if found is None:
            raise AriError(400, "Invalid reason for hangup reason provided")
        cause = found
    elif reason_code:
        cause = _numbered(reason_code)
    request_hangup(channel, cause)


def _numbered(text: str) -> HangupCause:
    try:
        return HangupCause(int(text))
    except ValueError:
        pass
    try:
        return HangupCause[text.upper()]
    except KeyError as error:
        raise AriError(400, "Invalid reason_code for hangup provided") from error


@operation("POST", "/channels/{channelId}/continue", "continueInDialplan", errors=STATES)
def go_on(
    ari: Request,
    channel_id: str,
    context: str = "",
    extension: str = "",
    priority: int | None = None,
    label: str = "",
) -> None:
    """Let a channel leave the application and go on in the dialplan.

    Args:
        ari: The request.
        channel_id: Of the channel.
        context: Where; its own when empty.
        extension: Which; its own when empty.
        priority: Which; the first when a place is given.
        label: Instead of a priority.
    """
    stay = ari.stay(channel_id)
    channel = stay.channel
    if not (context or extension or priority or label):
        stay.let_go(None)
        return
    where, which = context or channel.context, extension or channel.extension
    stay.let_go((where, which, place_of(channel, where, which, priority, label)))


def place_of(
    channel: CoreChannel, context: str, extension: str, priority: int | None, label: str
) -> int:
    """The priority that is meant.

    Raises:
        AriError: 404: there is no such label.
    """
    if not label:
        return priority or 1
    found = channel.pbx.dialplan.find_priority(channel, context, extension, label)
    if found is None:
        raise AriError(404, "Requested label can not be resolved")
    return found


@operation("POST", "/channels/{channelId}/move", "move", errors=(404, 409))
def move(ari: Request, channel_id: str, app: str, app_args: str = "") -> None:
    """Give a channel to another application.

    Args:
        ari: The request.
        channel_id: Of the channel.
        app: The other application.
        app_args: Handed to it, separated by commas.
    """
    ari.stay(channel_id).move(app, split_arguments(app_args))


@operation("POST", "/channels/{channelId}/redirect", "redirect", errors=(400, *STATES, 422))
async def redirect(ari: Request, channel_id: str, endpoint: str) -> None:
    """Let a channel's party call somebody else instead.

    Args:
        ari: The request.
        channel_id: Of the channel.
        endpoint: ``technology/destination``; of the channel's own technology.
    """
    channel = ari.stay(channel_id).channel
    technology, slash, destination = endpoint.partition("/")
    if not slash or not destination:
        raise AriError(422, "Endpoint parameter missing tech or resource")
    if technology.lower() != channel.name.partition("/")[0].lower():
        raise AriError(422, "Endpoint technology does not match the channel's")
    if not isinstance(channel.driver, CanTransfer):
        raise AriError(412, "Channel cannot be redirected")
    if await channel.driver.transfer(destination):
        raise AriError(412, "Channel was not redirected")


@operation("POST", "/channels/{channelId}/answer", "answer", errors=STATES)
async def answer(ari: Request, channel_id: str) -> None:
    """Answer a call.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    await ari.stay(channel_id).channel.answer()


@operation("POST", "/channels/{channelId}/ring", "ring", errors=STATES)
async def ring(ari: Request, channel_id: str) -> None:
    """Let a caller hear that it rings.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    channel = ari.stay(channel_id).channel
    if channel.state is ChannelState.UP:
        await play_indication(channel, Indication.RINGING)
    else:
        await channel.indicate(Indication.RINGING)


@operation("DELETE", "/channels/{channelId}/ring", "ringStop", errors=STATES)
def stop_ringing(ari: Request, channel_id: str) -> None:
    """Let a caller hear no more that it rings.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    stop_tones(ari.stay(channel_id).channel)


@operation("POST", "/channels/{channelId}/progress", "progress", errors=STATES)
async def progress(ari: Request, channel_id: str) -> None:
    """Let a caller hear what is played before the answer.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    await ari.stay(channel_id).channel.indicate(Indication.PROGRESS)


@operation(
    "POST",
    "/channels/{channelId}/transfer_progress",
    "transfer_progress",
    errors=(400, *STATES),
)
def transfer_progress(ari: Request, channel_id: str, states: str) -> None:
    """Tell whoever wants a call to go elsewhere how that goes.

    Args:
        ari: The request.
        channel_id: Of the channel.
        states: ``channel_progress``, ``channel_answered``, ``channel_unavailable`` or
            ``channel_declined``.
    """
    channel = ari.stay(channel_id).channel
    try:
        progress = TransferProgress(states)
    except ValueError as error:
        raise AriError(400, "Invalid states value") from error
    if not channel.datastore(ProgramTransfers).report(progress):
        raise AriError(412, "Channel has no transfer in progress")


@operation("GET", "/channels/{channelId}/rtp_statistics", "rtpstatistics", errors=(404,))
def statistics(ari: Request, channel_id: str) -> RTPstat:
    """Tell how well a channel's audio arrives, both ways.

    Args:
        ari: The request.
        channel_id: Of the channel.
    """
    channel = ari.channel(channel_id)
    if channel.opened_stream is None:
        raise AriError(404, "Channel has no RTP stream")
    return rtp_statistics(channel)
