"""``pjsip show channelstats``: how well the audio of each call arrives, both ways."""

from __future__ import annotations

from switchroom.cli.commands.pjsip import like_pattern
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, command
from switchroom.cli.text import clock_text
from switchroom.pbx.bridging.bridge import party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.technology import HasAudioFormat

_ABOVE = (
    f"{'':45}...........Receive......... .........Transmit..........\n"
    " BridgeId ChannelId ........ UpTime.. Codec.   Count    Lost Pct  Jitter"
    "   Count    Lost Pct  Jitter RTT....\n"
    f" {'=' * 107}\n\n"
)
_TECHNOLOGY = "PJSIP/"


@command("pjsip show channelstats", "pjsip show channelstats [like <pattern>]")
def show_channel_stats(context: CliContext, arguments: Arguments) -> str:
    """Show how well the audio of calls arrives.

    Packets, losses and jitter of what came from each party, and of what it got as it reports it,
    and the round trip; jitter and round trip are seconds.
    """
    pattern = like_pattern(arguments)
    now = context.clock()
    lines = [
        _line(channel, now)
        for channel in context.pbx.channels.values()
        if channel.name.startswith(_TECHNOLOGY) and pattern.search(channel.name)
    ]
    return f"\n{_ABOVE}{''.join(lines)}\nObjects found: {len(lines)}\n\n"


def _line(channel: Channel, now: float) -> str:
    party = party_of(channel)
    bridge = party.bridge.id if party is not None and party.bridge is not None else ""
    name = channel.name.removeprefix(_TECHNOLOGY)
    stream = channel.opened_stream
    if stream is None:
        return f" {bridge:<8.8} {name:<18.18} not valid\n"
    driver = channel.driver
    codec = driver.audio_format if isinstance(driver, HasAudioFormat) else ""
    counted, quality = stream.statistics(), stream.quality()
    received = _way(counted.packets_received, max(0, counted.packets_lost), counted.jitter)
    sent = _way(counted.packets_sent, quality.reported_lost, quality.remote_jitter.last)
    up = clock_text(now - channel.created_at)
    trip = counted.round_trip or 0.0
    return f" {bridge:<8.8} {name:<18.18} {up:<8} {codec:<6.6} {received} {sent} {trip:7.3f}\n"


def _way(count: int, lost: int, jitter: float) -> str:
    share = round(100 * lost / (count + lost)) if count + lost else 0
    return f"{_short(count)} {_short(lost)} {share:3d} {jitter:7.3f}"


def _short(count: int) -> str:
    """Five digits at most; thousands of what is more."""
    return f"{count:6d} " if count <= 99999 else f"{count // 1000:6d}K"
