"""Dictate(): a dictation machine.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

from switchroom.apps.prompts import play_prompts
from switchroom.apps.read import ask
from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.dialplan.registry import application
from switchroom.media.files.editing import append_file
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.controlled_playback import LONGEST_PAUSE

logger = logging.getLogger(__name__)

MOST_DIGITS = 32
SKIP = 5.0  #: seconds that 7 and 8 wind
FAST = 15.0  #: seconds that 2 winds
SUFFIX = ".wav"


@application("Dictate")
async def dictate(channel: Channel, base_dir: str = "", filename: str = "") -> None:
    """Record and listen to recordings, which the caller chooses by their numbers.

    While listening: 1 records behind what there is, 2 winds far ahead, 7 back, 8 forward. While
    recording: 1 listens, 8 cuts everything off. Always: ``*`` pauses, 0 helps, ``#`` leaves the
    recording for another one. What was said is kept when the caller hangs up.

    Args:
        channel: The channel.
        base_dir: Where the recordings are; empty: ``dictate`` in the spool's folder.
        filename: Of the first recording, without a suffix; empty: the caller is asked.

    Examples:
        exten => 600,1,Dictate()
    """
    await channel.answer()
    spool = channel.pbx.directories.astspooldir / "dictate"
    folder = Path(base_dir) if base_dir.strip() else spool
    name = Path(filename).name
    while True:
        if not name:
            name, _ = await ask(channel, ["dictate/enter_filename"], MOST_DIGITS, "#", 0.0)
        if not name:
            return
        await _Machine(channel, folder / f"{name}{SUFFIX}").run()
        name = ""


class _Machine:
    """One recording under the caller's control; it begins to listen."""

    def __init__(self, channel: Channel, path: Path) -> None:
        self._channel = channel
        self._path = path
        self._sound = str(path.with_suffix(""))
        self._position = 0.0  #: seconds behind the start, where listening goes on
        self._records = False
        self._is_paused = True

    async def run(self) -> None:
        """Until the caller leaves it."""
        await self._say("dictate/forhelp")
        while (digit := await self._next()) != "#":
            await self._obey(digit)

    async def _next(self) -> str:
        """Play, record, or wait, until a key."""
        if self._is_paused:
            return await self._channel.read_digit(LONGEST_PAUSE) or "#"
        return await (self._record() if self._records else self._play())

    async def _obey(self, digit: str) -> None:
        match digit:
            case "0":
                mode = "record" if self._records else "play"
                await self._say(f"dictate/{mode}_help", "dictate/both_help")
            case "1":
                self._records = not self._records
                self._is_paused = False
                mode = "record_mode" if self._records else "playback_mode"
                await self._say(f"dictate/{mode}")
            case "*":
                self._is_paused = not self._is_paused
                await self._say("dictate/pause" if self._is_paused else "dictate/playback")
            case "8" if self._records:
                await self._say("dictate/truncating_audio")
                self._path.unlink(missing_ok=True)
                self._position = 0.0
            case "2" | "7" | "8" if not self._records:
                by = {"2": FAST, "7": -SKIP, "8": SKIP}[digit]
                self._position = max(0.0, self._position + by)
            case _:
                pass

    async def _say(self, *names: str) -> None:
        await play_prompts(self._channel, names, "Dictate", interrupt=ALL_DIGITS)

    async def _play(self) -> str:
        """Listen from where it stands; at the end it waits."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            digit = await self._channel.play(
                self._sound, interrupt=ALL_DIGITS, start=self._position
            )
        except SoundNotFoundError:
            digit = ""  # nothing is recorded yet
        self._position += loop.time() - began
        if not digit:
            self._is_paused = True
            self._position = 0.0
            return await self._next()
        return digit

    async def _append(self, more: Path) -> None:
        try:
            await asyncio.to_thread(append_file, self._path, more)
        except MediaError as error:  # both files stay as they are
            logger.warning("%s: Dictate: %s", self._channel.name, error)

    async def _record(self) -> str:
        """Record behind what there is, until a key; a hangup keeps what was said."""
        target = self._path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists():
                target = target.with_name(f".{target.stem}.more{SUFFIX}")
            await self._channel.record(target)
        except (MediaError, OSError, ValueError) as error:  # a name that no file can have
            logger.warning("%s: Dictate: %s", self._channel.name, error)
            self._is_paused = True
            return await self._next()
        try:
            ended = await self._channel.digit_or_recording_end()
        finally:
            await self._channel.stop_recording()
            if target is not self._path:
                await self._append(target)
        return ended if isinstance(ended, str) else "*"
