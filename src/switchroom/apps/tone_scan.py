"""ToneScan(): listen to how a call goes that somebody else has placed.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.config.indications import built_in_zone
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.api import Stream, ToneEnded, ToneHeard, TonePlan
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.listening.call_progress import (
    LASTING,
    SIT_HERTZ,
    CallProgress,
    Pair,
    signal_tones,
)
from switchroom.pbx.listening.talking import TalkWatch
from switchroom.pbx.listening.tone_watching import ToneWatches
from switchroom.pbx.signal_tones import Indications, zone_of

SHORTEST = 0.15  #: seconds of a tone
FAX, MODEM = 1100.0, 2100.0  #: hertz: who calls with a fax, and what answers (ITU-T T.30, V.25)
MACHINE = 0.4  #: seconds that those last
VOICE = 0.5  #: seconds of talk, or the like, in which no tone was told


@dataclass(frozen=True, slots=True)
class ToneScanOptions:
    """Option letters of ToneScan."""

    fax: bool = option("f", "Listen for a fax, too.")
    voice: bool = option("v", "Listen for a voice, too.")


@application("ToneScan")
async def tone_scan(
    channel: Channel,
    zone: str = "",
    seconds: float = 0.0,
    threshold: str = "",
    options: ToneScanOptions = ToneScanOptions(),
) -> None:
    """Wait for a signal tone from the other end: it rings, is busy, invites to dial.

    Two frequencies less than 100 Hz apart are not heard: the ring of North America and of Britain.

    Args:
        channel: The channel.
        zone: The country whose tones those are; empty: the channel's.
        seconds: After so many seconds it is given up; 0: never.
        threshold: How often a tone must come; once if it is not given.
        options: Option letters.

    Variables:
        TONESCANSTATUS: RINGING, BUSY (congested lines too), DIALTONE, SIT (special information: an
            announcement follows), MODEM, DTMF (a digit came), FAX, VOICE, TIMEOUT or HANGUP.

    Examples:
        ; a line of the other exchange was called, and answers by tones alone
        ToneScan(de,30)
        ExecIf($["${TONESCANSTATUS}" = "BUSY"]?Hangup(BUSY))
    """
    name = zone.strip()
    config = channel.pbx.datastore(Indications).config
    found = (config.zone(name) or built_in_zone(name.lower())) if name else zone_of(channel)
    if found is None:
        raise DialplanError(f"ToneScan: there is no zone {name!r}")
    status = "HANGUP"
    scan = _Scan(channel, CallProgress(signal_tones(found), leading_int(threshold) or 1), options)
    try:
        status = await scan.run(seconds or None)
    finally:
        channel.set_variable("TONESCANSTATUS", status)


class _Scan:
    """One channel that is listened to."""

    def __init__(self, channel: Channel, progress: CallProgress, options: ToneScanOptions) -> None:
        self._channel = channel
        self._progress = progress
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._found: asyncio.Future[str] = self._loop.create_future()
        self._watched: list[int] = []
        self._timers: dict[Pair, asyncio.TimerHandle] = {}
        self._voice: asyncio.TimerHandle | None = None

    async def run(self, within: float | None) -> str:
        """Listen until it is known; returns the status."""
        channel, stream = self._channel, await self._channel.stream()
        channel.on_key = lambda digit, _: self._tell("DTMF" if digit in ALL_DIGITS else None)
        try:
            self._watch_all(stream)
            async with asyncio.timeout(within):
                if not self._options.voice:
                    return await self._found
                async with TalkWatch(channel, on_talk=self._talks, on_silence=self._fell_silent):
                    return await self._found
        except TimeoutError:
            return "TIMEOUT"
        finally:
            channel.on_key = None
            watches = channel.datastore(ToneWatches)
            for number in self._watched:
                watches.unwatch(stream, number)
            for timer in (*self._timers.values(), self._voice):
                if timer is not None:
                    timer.cancel()

    def _watch_all(self, stream: Stream) -> None:
        for pair in self._progress.pairs:
            self._watch(stream, pair, SHORTEST, partial(self._hear, pair))
        for hertz in (*SIT_HERTZ[0], SIT_HERTZ[1]):
            self._watch(stream, (hertz, 0.0), SHORTEST, partial(self._hear_special, hertz))
        self._watch(stream, (MODEM, 0.0), MACHINE, lambda _: self._tell("MODEM"))
        if self._options.fax:
            self._watch(stream, (FAX, 0.0), MACHINE, lambda _: self._tell("FAX"))

    def _watch(
        self, stream: Stream, pair: Pair, seconds: float,
        told: Callable[[ToneHeard | ToneEnded], None],
    ) -> None:  # fmt: skip
        plan = TonePlan(pair[0], second=pair[1], duration=seconds)
        self._watched.append(self._channel.datastore(ToneWatches).watch(stream, plan, told))

    def _hear(self, pair: Pair, event: ToneHeard | ToneEnded) -> None:
        if (timer := self._timers.pop(pair, None)) is not None:
            timer.cancel()
        self._fell_silent(0.0)  # it is no voice
        if isinstance(event, ToneEnded):
            self._tell(self._progress.ended(pair, event.duration))
        else:
            lasting = self._loop.call_later(LASTING - SHORTEST, self._lasts, pair)
            self._timers[pair] = lasting

    def _lasts(self, pair: Pair) -> None:
        self._tell(self._progress.lasts(pair))

    def _hear_special(self, hertz: float, event: ToneHeard | ToneEnded) -> None:
        if isinstance(event, ToneHeard):
            self._tell(self._progress.special(hertz, now=self._loop.time()))

    def _talks(self) -> None:
        self._voice = self._loop.call_later(VOICE, self._tell, "VOICE")

    def _fell_silent(self, _: float) -> None:
        if self._voice is not None:
            self._voice.cancel()
            self._voice = None

    def _tell(self, status: str | None) -> None:
        if status is not None and not self._found.done():
            self._found.set_result(status)
