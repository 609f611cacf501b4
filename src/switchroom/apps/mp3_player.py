"""MP3Player(): a file or a stream of MP3, by a program that decodes it.

Family: Sounds and digits
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from switchroom.base.errors import ApplicationFailedError, MediaError, SoundNotFoundError
from switchroom.dialplan.registry import Rest, application
from switchroom.media.api import PlaybackEnd, Sound, Stream
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel import ALL_DIGITS, Channel
from switchroom.pbx.program_audio import ProgramAudio

logger = logging.getLogger(__name__)

RATE = 16_000  #: hertz; who hears less gets less

_URL = re.compile(r"https?://", re.IGNORECASE)
_PLAYLIST = re.compile(r"\.(m3u8?|pls)$", re.IGNORECASE)


def _mpg123(program: str, location: str) -> list[str]:
    words = [program, "-q", "--mono", "-r", str(RATE), "-e", "s16", "-s"]
    # A list of sounds is named otherwise than a sound is.
    return [*words, "-@" if _PLAYLIST.search(location) else "--", location]


def _ffmpeg(program: str, location: str) -> list[str]:
    source = location if _URL.match(location) else f"file:{location}"
    quiet = [program, "-nostdin", "-loglevel", "error", "-i", source]
    return [*quiet, "-vn", "-f", "s16le", "-ac", "1", "-ar", str(RATE), "-"]


#: Programs that decode, the best first, and how each is called.
DECODERS: dict[str, Callable[[str, str], list[str]]] = {"mpg123": _mpg123, "ffmpeg": _ffmpeg}


@application("MP3Player")
async def mp3_player(channel: Channel, location: Rest) -> None:
    """Play MP3 until it ends, or the caller presses a key.

    ``mpg123`` decodes it, or ``ffmpeg`` where that is what is installed; a file needs neither where
    the extra ``sounds`` is. Does not answer.

    Args:
        channel: The channel.
        location: A file, a list of files (``.m3u``), or a stream, ``http://…`` or ``https://…``.

    Examples:
        Answer()
        MP3Player(/var/lib/asterisk/moh/jazz.mp3)
        MP3Player(http://radio.example.com:8000/live)
    """
    place = location.strip()
    if not place:
        raise ApplicationFailedError("MP3Player: nothing to play")
    if not _URL.match(place):
        place = str(channel.pbx.directories.astdatadir / "sounds" / place)
    words = next(
        (call(found, place) for name, call in DECODERS.items() if (found := shutil.which(name))),
        None,
    )
    if words is not None:
        await _Player(channel, place).run(words)
    elif _URL.match(place) or _PLAYLIST.search(place):
        logger.warning("MP3Player: %s needs mpg123 or ffmpeg, and neither is installed", place)
    else:
        await _play_file(channel, place)


async def _play_file(channel: Channel, place: str) -> None:
    try:
        await channel.play(str(Path(place).with_suffix("")), interrupt=ALL_DIGITS)
    except SoundNotFoundError as error:
        logger.warning("%s: MP3Player: %s", channel.name, error)


class _Player:
    """One program, and the party that hears it."""

    def __init__(self, channel: Channel, place: str) -> None:
        self._channel = channel
        self._place = place
        self._audio: ProgramAudio | None = None
        self._is_stopped = False

    async def run(self, words: list[str]) -> None:
        """Play until the program ends, or a key is pressed."""
        channel = self._channel
        stream = await channel.stream()
        try:
            process = await asyncio.create_subprocess_exec(
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:  # not executable; a null in its name
            logger.warning("%s: MP3Player: %s", channel.name, error)
            return
        background, key = channel.datastore(Background), channel.on_key
        background.begin(stream, BackgroundKind.MUSIC, self._stop)
        channel.on_key = lambda _, __: self._stop()
        try:
            async with ProgramAudio(process, 2 * RATE) as self._audio:
                await self._hand_on(self._audio, stream)
        finally:
            channel.on_key = key
            background.stop(stream, BackgroundKind.MUSIC)

    async def _hand_on(self, audio: ProgramAudio, stream: Stream) -> None:
        last: asyncio.Future[PlaybackEnd] | None = None
        while (chunk := await audio.next_chunk()) and not self._is_stopped:
            with contextlib.suppress(MediaError):  # it has enough to hear
                last = stream.play_background(Sound(self._place, chunk[: len(chunk) & ~1], RATE))
        if last is None:
            logger.warning("%s: MP3Player: nothing of %s", self._channel.name, self._place)
        elif not self._is_stopped:
            await last

    def _stop(self) -> None:
        self._is_stopped = True
        if self._audio is not None:
            self._audio.kill()
