"""ToneScan(): listen to how a call goes that somebody else has placed.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from switchroom.base.errors import DialplanError
from switchroom.base.text import leading_int
from switchroom.dialplan.options import option
from switchroom.dialplan.registry import application
from switchroom.media.api import Stream
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.listening.call_progress import CallProgress, signal_tones
from switchroom.pbx.listening.signal_watching import SignalWatch
from switchroom.pbx.listening.talking import TalkWatch
from switchroom.pbx.signal_tones import zone_named, zone_of

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
    found = zone_named(channel.pbx, name) if name else zone_of(channel)
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
        self._options = options
        self._loop = asyncio.get_running_loop()
        self._found: asyncio.Future[str] = self._loop.create_future()
        self._signals = SignalWatch(channel, progress, self._tell)
        self._signals.on_sound = self._no_voice
        self._voice: asyncio.TimerHandle | None = None

    async def run(self, within: float | None) -> str:
        """Listen until it is known; returns the status."""
        channel, stream = self._channel, await self._channel.stream()
        channel.on_key = self._key
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
            self._signals.stop(stream)
            self._no_voice()

    def _watch_all(self, stream: Stream) -> None:
        self._signals.start(stream)
        self._signals.watch(stream, (MODEM, 0.0), MACHINE, lambda _: self._tell("MODEM"))
        if self._options.fax:
            self._signals.watch(stream, (FAX, 0.0), MACHINE, lambda _: self._tell("FAX"))

    def _key(self, digit: str, _duration: float) -> None:
        if digit in ALL_DIGITS:
            self._tell("DTMF")

    def _talks(self) -> None:
        self._voice = self._loop.call_later(VOICE, self._tell, "VOICE")

    def _fell_silent(self, _talked: float) -> None:
        self._no_voice()

    def _no_voice(self) -> None:
        if self._voice is not None:
            self._voice.cancel()
            self._voice = None

    def _tell(self, status: str) -> None:
        if not self._found.done():
            self._found.set_result(status)
