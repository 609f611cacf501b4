"""AudioSocket(): let a program hear a call and speak in it.

Family: Programs and other systems
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from switchroom.base.errors import ApplicationFailedError, MediaError
from switchroom.channels.external.audiosocket import AudioSocket, AudioSocketError, Target
from switchroom.dialplan.registry import application
from switchroom.media.api import MediaEvent, Stream
from switchroom.pbx.channel import Channel


@application("AudioSocket")
async def audio_socket(channel: Channel, uuid: str, service: str) -> None:
    """Let a program hear the call and speak in it, over TCP, until it or the caller hangs up.

    The program gets the UUID first, then 16 bits of signed linear at 8,000 Hz every 20 ms, and
    keys that the caller presses; it sends the same. What it sends ahead waits, two seconds of it.
    When it ends the connection the dialplan goes on. The call is not answered by this; where
    nobody takes the connection it ends.

    Args:
        channel: The channel.
        uuid: Names the call to the program; ``${UUID()}`` makes one.
        service: ``host:port``, an IPv6 address in brackets.

    Examples:
        Answer()
        AudioSocket(40325ec2-5efd-4bd3-805f-53576e581d13,127.0.0.1:9019)
        Queue(support)
    """
    over = asyncio.Event()
    try:
        link = await AudioSocket.open(
            channel.pbx.engine, Target.parse(service, uuid), "slin",
            name=channel.name, over=over.set, listener=_ignore,
        )  # fmt: skip
    except (AudioSocketError, MediaError) as error:
        raise ApplicationFailedError(str(error)) from error
    try:
        stream = await channel.stream()
        channel.pbx.engine.connect(stream, link.feed)
        with _keys_for(channel, stream, link):
            await over.wait()
    finally:
        link.close()


@contextmanager
def _keys_for(channel: Channel, stream: Stream, link: AudioSocket) -> Iterator[None]:
    """However the caller's keys come, by RTP or SIP, the program is told each once."""
    stream.keep_digits(enabled=True)
    channel.on_key = lambda digit, _: link.send_digit(digit)
    try:
        yield
    finally:
        channel.on_key = None
        stream.keep_digits(enabled=False)


def _ignore(_: MediaEvent) -> None:
    """What the program's stream tells concerns nobody."""
