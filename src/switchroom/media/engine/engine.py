"""The media engine of one node: a thread that never takes the GIL, and a file writer beside it."""

from __future__ import annotations

import asyncio
import errno
import itertools
import logging
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from functools import cached_property
from types import MappingProxyType
from typing import cast

from switchroom.base.errors import MediaError
from switchroom.media.api import (
    DtmfBegan,
    DtmfEnded,
    MediaListener,
    Mix,
    PacketTraced,
    PlaybackEnd,
    RtpTimedOut,
    SpyPlan,
    Stream,
    StreamPlan,
    TalkingBegan,
    TalkingEnded,
    ToneEnded,
    ToneHeard,
)
from switchroom.media.engine import _engine
from switchroom.media.engine.feed import FEED_EVENTS, FRAMINGS, EngineFeed, feed_codec
from switchroom.media.engine.mix import EngineMix
from switchroom.media.engine.passage import EnginePassage, passage_values
from switchroom.media.engine.plan import TICK, plan_values
from switchroom.media.engine.recorder import Recorder
from switchroom.media.engine.srtp import Contexts
from switchroom.media.engine.stream import EngineStream
from switchroom.media.feeds import Feed, FeedListener, FeedPlan
from switchroom.media.passages import Carries, Passage, PassagePlan
from switchroom.media.settings import MediaSettings

logger = logging.getLogger(__name__)

#: Of the media thread under SCHED_RR, where the system allows it (root, or ``LimitRTPRIO``).
REALTIME_PRIORITY = 20

SAMPLE_RATE = 8000


class Engine:
    """Streams on real sockets; fulfils :class:`~switchroom.media.api.MediaEngine`.

    Make it on the loop that is to hear the events.

    Args:
        first_port: Of the range for RTP and RTCP, as ``rtpstart``.
        last_port: The end of the range, as ``rtpend``.
    """

    def __init__(self, *, first_port: int = 10000, last_port: int = 20000) -> None:
        self._loop = asyncio.get_running_loop()
        self._ports = (first_port, last_port)
        self._pump = _engine.Pump(first_port, last_port)
        self._streams: dict[int, EngineStream] = {}
        self._mixes: set[EngineMix] = set()
        self._passages: dict[int, EnginePassage] = {}
        self._numbers = itertools.count(1)
        self._is_closed = False
        self.tracer: Callable[[PacketTraced], None] | None = None
        self._recorder = Recorder(self._pump)
        self._begin()

    def _begin(self) -> None:
        """Let time pass: ticks, and events as they come."""
        self._thread = threading.Thread(target=self._run, name="media", daemon=True)
        self._loop.add_reader(self._pump.notify_fd, self._on_events)
        self._thread.start()

    async def _end(self) -> None:
        """Let it pass no longer."""
        self._loop.remove_reader(self._pump.notify_fd)
        self._pump.stop()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        if not self._pump.run(REALTIME_PRIORITY):
            logger.debug("the media thread ran without SCHED_RR: the system did not allow it")

    async def open_stream(self, host: str, plan: StreamPlan, listener: MediaListener) -> Stream:
        """Bind an RTP and an RTCP socket on ``host`` and start to receive.

        Raises:
            MediaError: No free port pair in the configured range, ``host`` is no address of this
                machine, the system gives no more descriptors, or the engine is closed.
        """
        if self._is_closed:
            raise MediaError("cannot open audio: the media engine is closed")
        contexts = Contexts().renewed(plan.protection)
        values = plan_values(plan, contexts, contexts)
        if plan.ports is None:
            slot, number, port = self._pump.open(host, values)
        else:
            slot, number, port = self._pump.open_between(host, values, *plan.ports)
        if slot < 0:
            file = "rtp.conf" if plan.ports is None else "pjsip.conf"
            why = self._explain(-slot, plan.ports, file)
            raise MediaError(f"cannot open audio on {host}: {why}")
        stream = self._keep(EngineStream(self, slot, number, (host, port), listener))
        stream.path.contexts = stream.path.report_contexts = contexts
        with ExitStack() as where_it_fails:
            where_it_fails.callback(stream.close)
            stream.begin(plan)
            where_it_fails.pop_all()
        return stream

    def open_passage(self, host: str, plan: PassagePlan) -> Passage:
        """Bind a socket for media that are passed on as they come.

        Raises:
            MediaError: No free port pair in the range, or as :meth:`open_stream`.
        """
        if self._is_closed:
            raise MediaError("cannot open media: the media engine is closed")
        contexts = Contexts().renewed(plan.protection)
        values = passage_values(plan, contexts)
        slot, number, port = self._pump.passages.open(host, values, plan.ports or ())
        if slot < 0:
            is_fax = plan.carries is Carries.DATAGRAMS
            file = "rtp.conf" if plan.ports is None else ("udptl.conf" if is_fax else "pjsip.conf")
            raise MediaError(
                f"cannot open media on {host}: {self._explain(-slot, plan.ports, file)}"
            )
        passage = EnginePassage(self, slot, number, (host, port), contexts)
        self._passages[number] = passage
        with ExitStack() as where_it_fails:
            where_it_fails.callback(passage.close)
            passage.begin(plan)
            where_it_fails.pop_all()
        return passage

    def connect_passages(self, first: Passage, second: Passage) -> None:
        """Let each have what comes from the other."""
        one, two = cast("EnginePassage", first), cast("EnginePassage", second)
        if not (one.is_closed or two.is_closed):
            self._pump.connect(one.slot, two.slot)

    def disconnect_passages(self, first: Passage, second: Passage) -> None:
        """Undo :meth:`connect_passages`."""
        one, two = cast("EnginePassage", first), cast("EnginePassage", second)
        if not (one.is_closed or two.is_closed):
            self._pump.disconnect(one.slot, two.slot)

    def show(self, watcher: Passage, shown: Passage | None, *, picture_pause: float = 0.0) -> None:
        """Let one party see another's video, one way."""
        one, two = cast("EnginePassage", watcher), cast("EnginePassage | None", shown)
        if not one.is_closed and (two is None or not two.is_closed):
            slot = -1 if two is None else two.slot
            self._pump.passages.show(one.slot, slot, round(picture_pause * 1e6))

    def _explain(self, error: int, ports: tuple[int, int] | None, file: str) -> str:
        if error == errno.EADDRINUSE:
            first, last = ports or self._ports
            return f"no free port pair between {first} and {last}; widen the range in {file}"
        if error == errno.EADDRNOTAVAIL:
            return "it is no address of this machine"
        if error in (errno.EMFILE, errno.ENFILE):
            return "no more descriptors; raise LimitNOFILE of the service"
        return os.strerror(error)

    def open_pipe(self, first: MediaListener, second: MediaListener) -> tuple[Stream, Stream]:
        """Two streams without sockets: what is played to one is what the other says."""
        one, two = self._pump.open_pipe()
        return (
            self._keep(EngineStream(self, *one, ("", 0), first)),
            self._keep(EngineStream(self, *two, ("", 0), second)),
        )

    def open_feed(self, descriptor: int | None, plan: FeedPlan, listener: FeedListener) -> Feed:
        """A stream whose party is a program behind a connected socket, or a pipe.

        Raises:
            MediaError: No such codec, or the engine is closed.
        """
        if self._is_closed:
            raise MediaError("cannot open audio: the media engine is closed")
        codec = feed_codec(plan.codec)
        rate = codec.sample_rate
        if descriptor is not None:
            os.set_blocking(descriptor, False)  # as the library has it
        slot, number = self._pump.feeds.open(
            -1 if descriptor is None else descriptor,
            FRAMINGS[plan.framing],
            codec.native,
            rate,
            plan.is_modem,
        )
        feed = EngineFeed(self, slot, number, rate, listener)
        self._streams[number] = feed
        return feed

    def _keep(self, stream: EngineStream) -> EngineStream:
        self._streams[stream.number] = stream
        return stream

    def connect(self, first: Stream, second: Stream) -> None:
        """Each hears the other, digits included; straight through where the codecs agree."""
        one, two = cast("EngineStream", first), cast("EngineStream", second)
        if not (one.is_closed or two.is_closed):
            self._pump.connect(one.slot, two.slot)

    def disconnect(self, first: Stream, second: Stream) -> None:
        """Undo :meth:`connect`."""
        one, two = cast("EngineStream", first), cast("EngineStream", second)
        if not (one.is_closed or two.is_closed):
            self._pump.disconnect(one.slot, two.slot)

    def open_mix(self, *, highest_rate: int = 48000) -> Mix:
        """A room for any number of parties.

        Raises:
            MediaError: The engine is closed.
        """
        if self._is_closed:
            raise MediaError("cannot open a conference: the media engine is closed")
        made = EngineMix(self, highest_rate)
        self._mixes.add(made)
        return made

    def forget_mix(self, mix: EngineMix) -> None:
        """A conference was closed."""
        self._mixes.discard(mix)

    def listen_in(self, spy: Stream, target: Stream, plan: SpyPlan) -> None:
        """Let ``spy`` hear ``target``'s call, and speak into it."""
        one, two = cast("EngineStream", spy), cast("EngineStream", target)
        if not (one.is_closed or two.is_closed or one is two):
            two.use()
            how = (
                _engine.SPY_SAID * plan.hears_said
                | _engine.SPY_HEARD * plan.hears_heard
                | _engine.SPY_WHISPERS * plan.whispers
                | _engine.SPY_BARGES * plan.barges
            )
            self._pump.listening.spy(one.slot, two.slot, how)

    def stop_listening_in(self, spy: Stream) -> None:
        """Undo :meth:`listen_in`."""
        one = cast("EngineStream", spy)
        if not one.is_closed:
            self._pump.listening.spy(one.slot, one.slot, 0)

    def trace_packets(self, told: Callable[[PacketTraced], None] | None) -> None:
        """Tell of each packet of audio; None: no longer."""
        self.tracer = told
        self._pump.quality.trace(told is not None)

    def configure(self, settings: MediaSettings) -> None:
        """Go by these from now on, in streams that are open too."""
        self._pump.quality.configure(
            max(1, round(settings.rtcp_interval / TICK)),
            max(1, settings.probation),
            settings.is_strict,
            round(settings.digit_timeout * SAMPLE_RATE),
            not settings.has_checksums,
        )

    def tell_reports(self, *, enabled: bool) -> None:
        """Let the listeners of all streams hear of RTCP reports, or no longer."""
        self._pump.quality.tell_reports(enabled)

    @property
    def stream_count(self) -> int:
        """How many streams and passages are open."""
        return len(self._streams) + len(self._passages)

    async def close(self) -> None:
        """Close every stream and end the engine's threads."""
        self._is_closed = True
        for mix in list(self._mixes):
            mix.close()
        for stream in list(self._streams.values()):
            stream.close()
        for passage in list(self._passages.values()):
            passage.close()
        await self._end()
        if "handshake_pool" in self.__dict__:
            await asyncio.to_thread(self.handshake_pool.shutdown)
        await self._recorder.close()

    # what streams need

    @property
    def pump(self) -> _engine.Pump:
        """The native side."""
        return self._pump

    @property
    def recorder(self) -> Recorder:
        """Writes recordings."""
        return self._recorder

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """Where events are heard."""
        return self._loop

    def next_number(self) -> int:
        """Names one playback or recording in events; never used twice."""
        return next(self._numbers)

    @cached_property
    def handshake_pool(self) -> Executor:
        """Where the arithmetic of handshakes is done: one thread, a core at most in a flood."""
        return ThreadPoolExecutor(1, thread_name_prefix="dtls")

    def forget(self, stream: EngineStream) -> None:
        """A stream was closed."""
        self._streams.pop(stream.number, None)

    def forget_passage(self, passage: EnginePassage) -> None:
        """A passage was closed."""
        self._passages.pop(passage.number, None)

    def _on_events(self) -> None:
        for number, kind, first, second in self._pump.events():
            stream = self._streams.get(number)
            if stream is None:
                self._on_passage(number, kind, first)
                continue
            try:
                if kind in FEED_EVENTS:
                    FEED_EVENTS[kind](cast("EngineFeed", stream), first, second)
                else:
                    _EVENTS[kind](stream, first, second)
            except Exception:  # a listener's error is its own; the other streams' events are not
                logger.exception("the listener of a stream failed")

    def _on_passage(self, number: int, kind: int, first: int) -> None:
        """An event of a passage, or of what was closed meanwhile."""
        passage = self._passages.get(number)
        if passage is not None and kind == _engine.PAIR_NOMINATED:
            passage.path.on_nominated(first)
        elif passage is not None and kind == _engine.HANDSHAKE_CAME:
            passage.path.on_handshake()


def _end_playback(stream: EngineStream, number: int, how: int) -> None:
    finished = how == _engine.END_FINISHED
    stream.end_playback(number, PlaybackEnd.FINISHED if finished else PlaybackEnd.STOPPED)


#: What each event of the native side means to the stream it concerns.
_EVENTS: Mapping[int, Callable[[EngineStream, int, int], None]] = MappingProxyType(
    {
        _engine.DTMF_BEGAN: lambda stream, digit, _: stream.listener(DtmfBegan(chr(digit))),
        _engine.DTMF_ENDED: lambda stream, digit, samples: stream.listener(
            DtmfEnded(chr(digit), samples / SAMPLE_RATE)
        ),
        _engine.PLAYBACK_ENDED: _end_playback,
        _engine.RECORDING_ENDED: lambda stream, number, reason: stream.end_recording(
            number, reason
        ),
        _engine.TALKING_BEGAN: lambda stream, _, __: stream.listener(TalkingBegan()),
        _engine.TALKING_ENDED: lambda stream, _, samples: stream.listener(
            TalkingEnded(samples / SAMPLE_RATE)
        ),
        _engine.PAIR_NOMINATED: lambda stream, component, _: stream.path.on_nominated(component),
        _engine.HANDSHAKE_CAME: lambda stream, _, __: stream.path.on_handshake(),
        _engine.RTCP_SENT: lambda stream, _, __: stream.tell_report(is_sent=True),
        _engine.RTCP_HEARD: lambda stream, _, __: stream.tell_report(is_sent=False),
        _engine.RTP_SENT: lambda stream, what, size: stream.tell_packet(what, size, is_sent=True),
        _engine.RTP_HEARD: lambda stream, what, size: stream.tell_packet(what, size, is_sent=False),
        _engine.TONE_HEARD: lambda stream, number, _: stream.listener(ToneHeard(number)),
        _engine.TONE_ENDED: lambda stream, number, samples: stream.listener(
            ToneEnded(number, samples / SAMPLE_RATE)
        ),
        _engine.RTP_TIMED_OUT: lambda stream, _, samples: stream.listener(
            RtpTimedOut(samples / SAMPLE_RATE)
        ),
    }
)
