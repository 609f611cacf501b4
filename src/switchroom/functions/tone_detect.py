"""TONE_DETECT: count tones, and go somewhere when they come.

Family: Sounds and digits
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_float, leading_int
from switchroom.dialplan.options import option, parse_options
from switchroom.dialplan.registry import Rest, function
from switchroom.media.api import Stream, ToneEnded, ToneHeard, TonePlan
from switchroom.pbx.channel import Channel
from switchroom.pbx.listening.call_progress import CallProgress, signal_tones
from switchroom.pbx.listening.signal_watching import SignalWatch
from switchroom.pbx.listening.tone_watching import ToneDetected, ToneWatches, parse_frequency
from switchroom.pbx.signal_tones import zone_of


@dataclass(frozen=True, slots=True)
class ToneDetectOptions:
    """What is listened to, and what follows."""

    special: bool = option("a", "Go there at special information: an announcement follows.")
    busy: bool = option("b", "Go there when the line is busy.")
    dial: bool = option("c", "Go there at a dial tone.")
    ringing: bool = option("p", "Go there when it rings.")
    decibels: str = option("d", "How much louder than all else the tone must be.", default="16")
    place_of_said: str = option("g", "Where to go when the party sends the tone.", default="")
    place_of_heard: str = option("h", "Where to go when the party hears the tone.", default="")
    times: str = option("n", "How often it must come before.", default="1")
    only_said: bool = option("r", "Listen to what the party says only.")
    only_heard: bool = option("t", "Listen to what the party hears only.")
    squelch: bool = option("s", "Accepted; the tone is heard all the same.")
    ends: bool = option("x", "Listen no longer.")

    @property
    def signals(self) -> frozenset[str]:
        """Which signals of an exchange are listened for."""
        wanted = {
            "SIT": self.special, "BUSY": self.busy, "DIALTONE": self.dial, "RINGING": self.ringing,
        }  # fmt: skip
        return frozenset(name for name, is_wanted in wanted.items() if is_wanted)


class _Detection:
    """Of one channel: by direction, which watches there are and how often the tone came."""

    def __init__(self) -> None:
        self.counts = {"rx": 0, "tx": 0}
        self.numbers: list[int] = []
        self.signals: list[SignalWatch] = []

    def end(self, channel: Channel, stream: Stream) -> None:
        """Listen no longer."""
        for number in self.numbers:
            channel.datastore(ToneWatches).unwatch(stream, number)
        self.numbers.clear()
        for watch in self.signals:
            watch.stop(stream)
        self.signals.clear()


@function("TONE_DETECT")
def tone_count(channel: Channel, direction: str) -> str:
    """How often the tone came since it is listened for.

    Args:
        channel: The channel.
        direction: ``rx``, what its party says, or ``tx``, what it hears.
    """
    counts = channel.datastore(_Detection).counts
    way = direction.strip().lower()
    if way not in counts:
        raise DialplanError(f"TONE_DETECT: {direction!r} is neither rx nor tx")
    return str(counts[way])


@function("TONE_DETECT", write=True)
async def detect_tone(
    channel: Channel, value: str, freq: str, duration_ms: str = "", options: Rest = ""
) -> None:
    """Listen for a tone of one frequency beside what the channel does.

    Args:
        channel: The channel.
        value: Nothing.
        freq: Hertz; 20 more or less count as well; 0: none, only signals are listened for.
        duration_ms: Milliseconds that it must last (500).
        options: Option letters ``d(decibels)``, ``g(context,extension,priority)``, ``h(…)``,
            ``n(times)``, ``r``, ``t``, ``s``, ``x``; and for signals of the channel's country, at
            which it goes there at once, as ToneScan() hears them: ``a`` special information, ``b``
            busy, ``c`` the dial tone, ``p`` it rings.

    Examples:
        Set(TONE_DETECT(2600,1000,g(phreak,s,1)r)=)
        Dial(PJSIP/100)
        NoOp(${TONE_DETECT(rx)})
        Set(TONE_DETECT(0,,x)=)
    """
    chosen = parse_options(ToneDetectOptions, options, "TONE_DETECT")
    stream = await channel.stream()
    detection = channel.datastore(_Detection)
    detection.end(channel, stream)
    if chosen.ends:
        return
    detection.counts = {"rx": 0, "tx": 0}
    decibels, milliseconds = leading_float(chosen.decibels), leading_float(duration_ms)
    for way in ("rx", "tx"):
        if chosen.only_said if way == "tx" else chosen.only_heard:
            continue
        place = chosen.place_of_heard if way == "tx" else chosen.place_of_said
        told = _counter(channel, detection, way, place, leading_int(chosen.times) or 1)
        if chosen.signals:
            detection.signals.append(_watch_signals(channel, stream, chosen, way, told))
        if leading_float(freq) == 0:
            continue
        plan = TonePlan(
            parse_frequency(freq, "TONE_DETECT"),
            duration=(500 if milliseconds is None else milliseconds) / 1000,
            decibels=16 if decibels is None else decibels,
            is_heard=way == "tx",
        )
        number = channel.datastore(ToneWatches).watch(stream, plan, partial(_hear, told))
        detection.numbers.append(number)


def _hear(told: Callable[[], None], event: ToneHeard | ToneEnded) -> None:
    if isinstance(event, ToneHeard):
        told()


def _watch_signals(
    channel: Channel,
    stream: Stream,
    chosen: ToneDetectOptions,
    way: str,
    told: Callable[[], None],
) -> SignalWatch:
    def hear(status: str) -> None:
        if status in chosen.signals:
            told()

    progress = CallProgress(signal_tones(zone_of(channel)))
    watch = SignalWatch(channel, progress, hear, is_heard=way == "tx")
    watch.start(stream)
    return watch


def _counter(
    channel: Channel, detection: _Detection, way: str, place: str, times: int
) -> Callable[[], None]:
    def told() -> None:
        detection.counts[way] += 1
        if channel.pbx.events.wants(ToneDetected):
            channel.pbx.events.publish(ToneDetected(channel.name, channel.unique_id))
        if place and detection.counts[way] == times:
            _go(channel, place)

    return told


def _go(channel: Channel, place: str) -> None:
    words = [word.strip() for word in place.split(",")]
    priority = leading_int(words[-1]) or 1
    extension = words[-2] if len(words) > 1 else channel.extension
    context = words[-3] if len(words) > 2 else channel.context
    channel.redirect(context, extension, priority)
