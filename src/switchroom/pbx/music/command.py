"""Music that a command writes to its standard output: one process for all who hear it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.config.musiconhold import MusicClass
from switchroom.media.api import PlaybackEnd, Sound, Stream
from switchroom.media.codecs.samples import decode
from switchroom.pbx.program_audio import ProgramAudio

if TYPE_CHECKING:
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

RESTART_AFTER = 1.0  #: seconds until a command that ended is run again
LONGEST_RESTART = 30.0  #: seconds, when it ends again and again

#: By format: samples a second, octets a sample, the codec where it is not linear.
_FORMATS: dict[str, tuple[int, int, str]] = {
    "slin": (8000, 2, ""),
    "slin16": (16000, 2, ""),
    "ulaw": (8000, 1, "PCMU"),
    "mulaw": (8000, 1, "PCMU"),
    "alaw": (8000, 1, "PCMA"),
}


@dataclass(slots=True)
class _Listener:
    was_connected: bool  #: held within a call
    last: asyncio.Future[PlaybackEnd] | None = None

    def has_left(self, stream: Stream) -> bool:
        """Whether its background was ended: by a stop, or by a connection."""
        if stream.is_connected and not self.was_connected:
            return True
        last = self.last
        return last is not None and last.done() and last.result() is not PlaybackEnd.FINISHED


class MusicCommand:
    """Runs while somebody listens; started again when it ends, killed with its last listener.

    Args:
        pbx: Whose task group it runs in.
        music: The class; its format says what the command writes.
    """

    def __init__(self, pbx: Pbx, music: MusicClass) -> None:
        self._pbx = pbx
        self.music = music
        self._rate, self._width, self._codec = _FORMATS.get(music.format, _FORMATS["slin"])
        self._listeners: dict[Stream, _Listener] = {}
        self._task: asyncio.Task[None] | None = None
        pbx.at_end(self.retire)
        if music.format not in _FORMATS:
            logger.warning("music of class %s: format %s is read as slin", music.name, music.format)

    def add(self, stream: Stream) -> None:
        """Let one more hear it, until :meth:`remove`, its connection, or its end."""
        self._listeners[stream] = _Listener(was_connected=stream.is_connected)
        if self._task is None:
            self._task = self._pbx.spawn(self._run(), name=f"music of class {self.music.name}")

    def remove(self, stream: Stream) -> None:
        """One hears it no longer; harmless where it did not."""
        self._listeners.pop(stream, None)

    def retire(self) -> None:
        """End it whoever listens."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        pause = RESTART_AFTER
        try:
            while self._listeners:
                if await self._run_once():
                    pause = RESTART_AFTER
                if not self._listeners:
                    return
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_RESTART)
                self._hand_on(b"")
        finally:
            self._task = None

    async def _run_once(self) -> bool:
        """Run the command until it ends or nobody listens; returns whether it wrote anything."""
        process = await asyncio.create_subprocess_shell(
            self.music.application,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
            cwd=self._folder(),
        )
        wrote = False
        async with ProgramAudio(process, self._rate * self._width) as audio:
            while self._listeners and (chunk := await audio.next_chunk()):
                wrote = True
                self._hand_on(chunk)
        logger.info("music of class %s: the command ended", self.music.name)
        return wrote

    def _folder(self) -> str | None:
        folder = self._pbx.directories.astdatadir / self.music.directory
        return str(folder) if self.music.directory and folder.is_dir() else None

    def _hand_on(self, chunk: bytes) -> None:
        """Queue some music for everybody; who was stopped or connected meanwhile is forgotten."""
        samples = decode(self._codec, chunk) if self._codec else chunk[: len(chunk) & ~1]
        sound = Sound(self.music.name, samples, self._rate)
        for stream, listener in list(self._listeners.items()):
            if listener.has_left(stream):
                del self._listeners[stream]
            elif samples:
                with contextlib.suppress(MediaError):  # it has enough to hear
                    listener.last = stream.play_background(sound)
