"""``core show channels``, ``core show calls``, ``core show channel``."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.bridge_view import bridge_ids
from switchroom.cli.channel_view import channel_text
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.cli.text import clock_text, counted
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_settings import ChannelSettings

_HEADER = f"{'Channel':<64} {'Location':<32} {'State':<7} {'Application(Data)':<30}\n"
_VERBOSE_HEADER = (
    f"{'Channel':<80} {'Context':<24} {'Extension':<24} {'Prio':<4} {'State':<7}"
    f" {'Application':<12} {'Data':<25} {'CallerID':<15} {'Duration':<8} {'Accountcode':<11}"
    f" {'PeerAccount':<11} {'BridgeID':<20}\n"
)


def channel_names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    """Completes the name of a channel."""
    return () if arguments else tuple(context.pbx.channels)


def _plain(channel: Channel) -> str:
    place = f"{channel.extension}@{channel.context}:{channel.priority}"
    doing = f"{channel.application}({channel.data})" if channel.application else "(None)"
    return f"{channel.name:<64} {place:<32} {channel.state.text:<7} {doing:<30}\n"


def _concise(channel: Channel, now: float, bridge_id: str) -> str:
    settings = channel.datastore(ChannelSettings)
    fields = (
        channel.name,
        channel.context,
        channel.extension,
        str(channel.priority),
        channel.state.text,
        channel.application or "(None)",
        channel.data,
        channel.caller.number,
        channel.account_code,
        settings.peer_account,
        str(int(settings.ama_flag)),
        str(max(0, int(now - channel.created_at))),
        bridge_id,
        channel.unique_id,
    )
    return "!".join(fields) + "\n"


def _verbose(channel: Channel, now: float, bridge_id: str) -> str:
    application = channel.application or "(None)"
    data = channel.data or "(Empty)"
    peer_account = channel.datastore(ChannelSettings).peer_account
    return (
        f"{channel.name:<80.80} {channel.context:<24.24} {channel.extension:<24.24}"
        f" {channel.priority:>4} {channel.state.text:<7.7} {application:<12.12} {data:<25.25}"
        f" {channel.caller.number:<15.15} {clock_text(now - channel.created_at):>8}"
        f" {channel.account_code:<11.11} {peer_account:<11.11} {bridge_id:<20.20}\n"
    )


def _sums(context: CliContext) -> str:
    channels = context.pbx.channels
    return counted(len(channels), "active channel", "active channels") + _call_sums(context)


def _call_sums(context: CliContext) -> str:
    # A call is the channels of one linked id.
    calls = len({channel.linked_id for channel in context.pbx.channels.values()})
    processed = context.pbx.calls_processed
    return counted(calls, "active call", "active calls") + counted(
        processed, "call processed", "calls processed"
    )


@command(
    "core show channels",
    "core show channels [concise|verbose|count]",
    complete=lambda _, arguments: () if arguments else ("concise", "verbose", "count"),
)
def show_channels(context: CliContext, arguments: Arguments) -> str:
    """List the channels that are up, or being set up.

    ``concise`` gives one line each with fields split by ``!`` and no sums, for scripts;
    ``verbose`` more columns; ``count`` the sums alone.
    """
    form = arguments[0].lower() if arguments else ""
    if len(arguments) > 1 or form not in {"", "concise", "verbose", "count"}:
        raise UsageError
    channels = list(context.pbx.channels.values())
    now = context.clock()
    if form == "count":
        return _sums(context)
    bridges = bridge_ids(context.pbx)
    if form == "concise":
        return "".join(_concise(each, now, bridges.get(each.name, "")) for each in channels)
    if form == "verbose":
        lines = (_verbose(each, now, bridges.get(each.name, "")) for each in channels)
        rows = [_VERBOSE_HEADER, *lines]
    else:
        rows = [_HEADER, *(_plain(channel) for channel in channels)]
    return "".join(rows) + _sums(context)


@command("core show calls")
def show_calls(context: CliContext, arguments: Arguments) -> str:
    """Show how many calls are up and how many there were."""
    if arguments:
        raise UsageError
    return _call_sums(context)


@command("core show channel", "core show channel <channel>", complete=channel_names)
def show_channel(context: CliContext, arguments: Arguments) -> str:
    """Show one channel: who, where in the dialplan, and its variables."""
    if len(arguments) != 1:
        raise UsageError
    channel = context.pbx.channels.get(arguments[0])
    if channel is None:
        return f"{arguments[0]} is not a known channel\n"
    return channel_text(channel, context.clock())
