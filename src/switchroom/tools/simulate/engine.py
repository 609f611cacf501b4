"""An engine in virtual time; its streams are those of :mod:`switchroom.tools.simulate.media`."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    MediaEvent,
    MediaListener,
    Mix,
    PacketTraced,
    SpyPlan,
    Stream,
    StreamPlan,
)
from switchroom.media.feeds import Feed, FeedListener, FeedPlan
from switchroom.media.settings import MediaSettings
from switchroom.tools.simulate.feeds import SimulatedFeed
from switchroom.tools.simulate.media import RecordingFiles, SimulatedStream
from switchroom.tools.simulate.mix import SimulatedMix
from switchroom.tools.simulate.passages import SimulatedPassages


def _ignore(event: MediaEvent) -> None:
    """Nobody is there."""


class SimulatedEngine(SimulatedPassages):
    """Opens simulated streams; the newest is last in :attr:`streams`.

    Args:
        files: What a recording leaves on the disk; None: nothing.
    """

    def __init__(self, files: RecordingFiles | None = None) -> None:
        super().__init__()
        self.files = files
        self.streams: list[SimulatedStream] = []
        self.mixes: list[SimulatedMix] = []
        self.tells_reports = False
        self.settings = MediaSettings()
        self.tracer: Callable[[PacketTraced], None] | None = None

    async def open_stream(self, host: str, plan: StreamPlan, listener: MediaListener) -> Stream:
        """A stream to one party."""
        return self._open(listener, plan)

    def open_pipe(self, first: MediaListener, second: MediaListener) -> tuple[Stream, Stream]:
        """Two streams: what is played to one is what the other says."""
        one, two = self._open(first), self._open(second)
        one.peer, two.peer = two, one
        return one, two

    def open_feed(self, descriptor: int | None, plan: FeedPlan, listener: FeedListener) -> Feed:
        """A stream of a program; nothing is read or written.

        Raises:
            MediaError: The program would wait for audio for ever.
        """
        if plan.is_modem:
            raise MediaError("there is no audio in a simulation")
        feed = SimulatedFeed(descriptor, plan, listener)
        self.streams.append(feed)
        return feed

    def _open(self, listener: MediaListener, plan: StreamPlan | None = None) -> SimulatedStream:
        stream = SimulatedStream(listener, plan, self.files)
        self.streams.append(stream)
        return stream

    def connect(self, first: Stream, second: Stream) -> None:
        """Each hears the other, digits included."""
        one, two = cast("SimulatedStream", first), cast("SimulatedStream", second)
        if one.closed or two.closed:
            return
        for stream in (one, two):
            stream.part()
            stream.stop_background()
        one.connected, two.connected = two, one

    def disconnect(self, first: Stream, second: Stream) -> None:
        """Undo :meth:`connect`."""
        one, two = cast("SimulatedStream", first), cast("SimulatedStream", second)
        if one.connected is two:
            one.connected = two.connected = None

    def open_mix(self, *, highest_rate: int = 48000) -> Mix:
        """A room; the newest is last in :attr:`mixes`."""
        made = SimulatedMix(
            SimulatedStream(_ignore), SimulatedStream(_ignore, files=self.files).start_monitor
        )
        self.mixes.append(made)
        return made

    def listen_in(self, spy: Stream, target: Stream, plan: SpyPlan) -> None:
        """Keep who listens in on whom; see :attr:`SimulatedStream.spied`."""
        one, two = cast("SimulatedStream", spy), cast("SimulatedStream", target)
        if not (one.closed or two.closed or one is two):
            two.use()
            one.spied = (two, plan)

    def stop_listening_in(self, spy: Stream) -> None:
        """Undo :meth:`listen_in`."""
        cast("SimulatedStream", spy).spied = None

    def trace_packets(self, told: Callable[[PacketTraced], None] | None) -> None:
        """Keep who wants to know of packets; there are none."""
        self.tracer = told

    def configure(self, settings: MediaSettings) -> None:
        """Keep what counts for all streams."""
        self.settings = settings

    def tell_reports(self, *, enabled: bool) -> None:
        """Keep whether reports are wanted; none come by themselves."""
        self.tells_reports = enabled

    async def close(self) -> None:
        """Close every conference and every stream."""
        for mix in self.mixes:
            mix.close()
        for stream in self.streams:
            stream.close()
        for passage in self.passages:
            passage.close()
