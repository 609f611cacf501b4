"""ChanSpy() and ExtenSpy(): listen in on calls, whisper to one side, speak to both.

Family: Calls
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from switchroom.apps.prompts import play_prompts
from switchroom.base.errors import BadArgumentsError
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.dialplan.substitution import variable
from switchroom.media.api import MonitorPlan
from switchroom.pbx.channel import ALL_DIGITS, Channel, ChannelState
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.events import SpyBegan, SpyEnded
from switchroom.pbx.listening.spying import Chosen, SpyMode, Targets, spy_plan
from switchroom.pbx.recordings.calls import CallRecordings, RecordingOrder, recording_path

LOOK_INTERVAL = 0.25  #: seconds between two looks at whether the call still is there
LOUDEST = 4  #: steps either way
STEP = 2.0  #: factor of each

_MODES = {"4": SpyMode.LISTEN, "5": SpyMode.WHISPER, "6": SpyMode.BARGE}


@dataclass(frozen=True, slots=True)
class SpyOptions:
    """Option letters of ChanSpy and ExtenSpy."""

    bridged: bool = option("b", "Only channels that talk with somebody.")
    barge: bool = option("B", "Both sides of the call hear the spy.")
    next_digit: str = option("c", "The digit for the next channel.", default="*")
    modes: bool = option("d", "4 listens, 5 whispers to the channel, 6 speaks to both sides.")
    extensions: str = option(
        "e", "Only channels of these extensions, separated by colons.", default=""
    )
    end_with_call: bool = option("E", "End with the call that is listened to.")
    groups: str = option(
        "g", "Only channels with one of these in their variable SPYGROUP.", default=""
    )
    long_queue: bool = option("l", "Accepted because dialplans have it.")
    names: str = option("n", "Accepted because dialplans have it.", default="", bare="")
    narrow: bool = option("N", "Accepted because dialplans have it.")
    said_alone: bool = option("o", "Hear what the channel says, not what it hears.")
    quiet: bool = option("q", "Say nothing before a channel is heard.")
    recording: str = option(
        "r", "Record what is heard into a file of that name.", default="", bare="chanspy"
    )
    no_technology: bool = option("s", "Accepted because dialplans have it: no technology is said.")
    stop: bool = option("S", "End when there is no channel left.")
    by_unique_id: bool = option("u", "The first argument is a unique id.")
    volume: int = option("v", "Begin so much louder, -4 to 4.", default=0)
    whisper: bool = option("w", "The channel hears the spy, its other side does not.")
    private: bool = option("W", "As w, but the spy hears nobody.")
    exit_digit: str = option("x", "A digit that ends it.", default="")
    exit_extension: bool = option("X", "A digit that is an extension ends it, and is gone to.")
    not_both: bool = option("D", "Accepted because dialplans have it.")

    @property
    def mode(self) -> SpyMode:
        """How it begins."""
        if self.barge:
            return SpyMode.BARGE
        return SpyMode.WHISPER if self.whisper or self.private else SpyMode.LISTEN


class _Next(Enum):
    CHANNEL = auto()
    END = auto()


@application("ChanSpy")
async def chan_spy(
    channel: Channel, chanprefix: str = "", options: SpyOptions = SpyOptions()
) -> None:
    """Listen in on channels, one after the other.

    ``*`` goes on to the next one, ``#`` makes it louder step by step; digits with ``#`` behind them
    choose the channels of the technology in the first argument with that number. Answers first.

    Args:
        channel: The channel.
        chanprefix: What the channels' names begin with, ``PJSIP/100``; empty: all.
        options: Option letters.

    Variables:
        SPYGROUP: Read of other channels: their groups, separated by colons.
        SPY_CHANNEL: The channel that was heard last.
        SPY_EXIT_CONTEXT: Where the extensions of option X are; the channel's own if it is not set.

    Examples:
        ; the agent at PJSIP/100 hears the coach, the caller does not
        ChanSpy(PJSIP/100,qw)
    """
    wanted = chanprefix.strip()

    def chosen(other: Channel) -> bool:
        if options.by_unique_id:
            return other.unique_id == wanted
        return other.name.lower().startswith(wanted.lower())

    await _Spy(channel, options, chosen, wanted.partition("/")[0]).run()


@application("ExtenSpy")
async def exten_spy(channel: Channel, exten: str, options: SpyOptions = SpyOptions()) -> None:
    """Listen in on the channels that are at an extension, one after the other.

    Keys are those of ChanSpy. Answers first.

    Args:
        channel: The channel.
        exten: ``extension[@context]``; the context is the channel's own if it is left out.
        options: Option letters.

    Variables:
        SPYGROUP: Read of other channels: their groups, separated by colons.
        SPY_CHANNEL: The channel that was heard last.
        SPY_EXIT_CONTEXT: Where the extensions of option X are; the channel's own if it is not set.

    Examples:
        ExtenSpy(s,q)
    """
    extension, _, context = exten.strip().partition("@")
    if not extension:
        raise BadArgumentsError("ExtenSpy: there is no extension")
    place = (extension, context or channel.context)

    def chosen(other: Channel) -> bool:
        return (other.extension, other.context) == place

    await _Spy(channel, options, chosen).run()


class _Spy:
    """One channel that listens in.

    Args:
        channel: Who.
        options: How.
        chosen: On whom, options left aside.
        technology: Of channels that are chosen by their number.
    """

    def __init__(
        self, channel: Channel, options: SpyOptions, chosen: Chosen, technology: str = ""
    ) -> None:
        self._channel = channel
        self._options = options
        self._technology = technology
        self._targets = Targets(channel, lambda other: chosen(other) and self._may(other))
        self._mode = options.mode
        self._volume = max(-LOUDEST, min(LOUDEST, options.volume))
        self._number = ""  # keyed so far

    def _may(self, other: Channel) -> bool:
        options = self._options
        stream = other.opened_stream
        if options.bridged and not (stream is not None and stream.is_connected):
            return False
        if options.groups:
            theirs = other.variables.get("SPYGROUP", "").split(":")
            if not set(theirs) & set(options.groups.split(":")):
                return False
        if options.extensions:
            number = device_of(other).partition("/")[2]
            return number in options.extensions.split(":")
        return True

    async def run(self) -> None:
        """Listen until a digit ends it, there is nobody left, or the call is over."""
        channel, options = self._channel, self._options
        if channel.state is not ChannelState.UP:
            await channel.answer()
        recording = await self._record() if options.recording else ""
        try:
            while (target := await self._next()) is not None:
                channel.set_variable("SPY_CHANNEL", target.name)
                if await self._listen(target) is _Next.END:
                    return
                if options.end_with_call and target.is_hung_up:
                    return
        finally:
            if recording:
                await channel.datastore(CallRecordings).stop(channel, recording)

    async def _record(self) -> str:
        path = recording_path(self._channel, f"{self._options.recording}.wav")
        order = RecordingOrder(MonitorPlan(heard=path))
        return await self._channel.datastore(CallRecordings).start(self._channel, order)

    async def _next(self) -> Channel | None:
        """The next one to listen to, waited for unless option S says not to."""
        while True:
            target = self._targets.next()
            if target is not None or self._options.stop:
                return target
            digit = await self._channel.read_digit(LOOK_INTERVAL * 4)
            if digit is not None and await self._key(digit) is _Next.END:
                return None

    async def _listen(self, target: Channel) -> _Next:
        channel, engine = self._channel, self._channel.pbx.engine
        if not self._options.quiet:
            await self._announce(target)
        stream = await channel.stream()
        heard = target.opened_stream
        events = channel.pbx.events
        if events.wants(SpyBegan):
            events.publish(SpyBegan(channel.name, target.name))
        try:
            while heard is not None and not target.is_hung_up and self._may(target):
                private = self._options.private and self._mode is SpyMode.WHISPER
                plan = spy_plan(self._mode, hears=not private, said_alone=self._options.said_alone)
                engine.listen_in(stream, heard, plan)
                stream.set_gains(heard=STEP**self._volume)
                digit = await self._key_or_end(target)
                if digit and (what := await self._key(digit)) is not None:
                    return what
            return _Next.CHANNEL
        finally:
            engine.stop_listening_in(stream)
            stream.set_gains()
            if events.wants(SpyEnded):
                events.publish(SpyEnded(channel.name, target.name))

    async def _key_or_end(self, target: Channel) -> str:
        """The next key, or nothing once the call is over or is none that may be heard."""
        while not target.is_hung_up and self._may(target):
            if (digit := await self._channel.read_digit(LOOK_INTERVAL)) is not None:
                return digit
        return ""

    async def _announce(self, target: Channel) -> None:
        number = device_of(target).partition("/")[2]
        digits = [f"digits/{digit}" for digit in number if digit.isdecimal()]
        await play_prompts(self._channel, ["beep", *digits], "ChanSpy")

    async def _key(self, digit: str) -> _Next | None:
        """What a key does; None where it is listened on."""
        options, channel = self._options, self._channel
        if digit == options.exit_digit:
            return _Next.END
        if options.exit_extension:
            context = variable(channel, "SPY_EXIT_CONTEXT") or channel.context
            if channel.pbx.dialplan.exists(channel, digit, 1, context):
                channel.goto(context, digit, 1)
                return _Next.END
        if digit == options.next_digit:
            self._number = ""
            return _Next.CHANNEL
        if options.modes and digit in _MODES:
            self._mode = _MODES[digit]
        elif digit == "#" and self._number:
            return self._choose()
        elif digit == "#":
            self._volume = -LOUDEST if self._volume == LOUDEST else self._volume + 1
        elif digit in ALL_DIGITS:
            self._number += digit
        return None

    def _choose(self) -> _Next:
        """Go on with the channels of the number that was keyed."""
        device = f"{self._technology}/{self._number}".lower()
        self._number = ""
        self._targets = Targets(
            self._channel,
            lambda other: device_of(other).lower() == device and self._may(other),
        )
        return _Next.CHANNEL
