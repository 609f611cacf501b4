"""Music on hold: the classes of a node, and what a channel's party hears of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.config.musiconhold import DEFAULT_CLASS, MusicClass, MusicConfig, MusicMode
from switchroom.media.api import PlaybackEnd, Stream
from switchroom.media.files.reading import READERS
from switchroom.media.melody import make_melody
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.channel_settings import ChannelSettings
from switchroom.pbx.music.command import MusicCommand
from switchroom.pbx.music.tables import find_class

if TYPE_CHECKING:
    from switchroom.pbx.channel import Channel
    from switchroom.pbx.pbx import Pbx

logger = logging.getLogger(__name__)

SHORTEST = 0.1  #: seconds of a piece; a shorter one is none
MOST_FAILURES = 20  #: pieces in a row that cannot be read


@dataclass(frozen=True, slots=True)
class MusicStarted:
    """A channel's party hears music (AMI: MusicOnHoldStart)."""

    channel: str
    unique_id: str
    music_class: str


@dataclass(frozen=True, slots=True)
class MusicStopped:
    """It hears it no longer (AMI: MusicOnHoldStop)."""

    channel: str
    unique_id: str


class MusicClasses:
    """The classes of a node, by ``pbx.datastore(MusicClasses)``; replaced on reload."""

    def __init__(self) -> None:
        self._config = MusicConfig()
        self._commands: dict[str, MusicCommand] = {}
        self._kept: dict[str, MusicClass] = {}  #: of tables, where a row is read once

    @property
    def config(self) -> MusicConfig:
        """What is configured."""
        return self._config

    def use(self, config: MusicConfig) -> None:
        """Go on with another configuration; who hears files goes on with what he hears."""
        self._config = config
        self._kept.clear()
        for command in self._commands.values():
            command.retire()
        self._commands.clear()

    async def find(self, pbx: Pbx, name: str) -> MusicClass:
        """A class by name, of the file or of a table; where there is none, the default one."""
        found = await self._known(pbx, name)
        if found is None and name and name != DEFAULT_CLASS:
            logger.warning("there is no class of music %r; %r is played", name, DEFAULT_CLASS)
            found = await self._known(pbx, DEFAULT_CLASS)
        return found or MusicClass(DEFAULT_CLASS, directory="moh")

    async def _known(self, pbx: Pbx, name: str) -> MusicClass | None:
        found = self._config.classes.get(name) or self._kept.get(name)
        if found is None and (found := await find_class(pbx, name)) and self._config.keeps_rows:
            self._kept[name] = found
        return found

    def command(self, pbx: Pbx, music: MusicClass) -> MusicCommand:
        """The command of a custom class; all its listeners share one."""
        found = self._commands.get(music.name)
        if found is not None and found.music != music:  # its row says something else by now
            found.retire()
            found = None
        if found is None:
            found = self._commands[music.name] = MusicCommand(pbx, music)
        return found


def music_files(music: MusicClass, data_folder: Path) -> list[str]:
    """The sounds of a class in the order in which they are written, as names for the library."""
    if music.mode is MusicMode.PLAYLIST:
        return [_without_suffix(entry) for entry in music.entries]
    if music.mode is MusicMode.CUSTOM or not music.directory:
        return []
    folder = data_folder / music.directory
    try:
        found = sorted(path for path in folder.iterdir() if path.suffix.lower() in READERS)
    except OSError as error:
        logger.info("music of class %s: %s", music.name, error)
        return []
    return list(dict.fromkeys(str(path.with_suffix("")) for path in found))


def _without_suffix(entry: str) -> str:
    path = Path(entry)
    return str(path.with_suffix("")) if path.suffix.lower() in READERS else entry


def _in_order(music: MusicClass, pbx: Pbx) -> Iterator[str]:
    """The sounds of a class for ever, in its order; ends only where there is none."""
    files = music_files(music, pbx.directories.astdatadir)
    if music.sort == "randstart" and files:
        start = pbx.chance.randrange(len(files))
        files = files[start:] + files[:start]
    while files:
        if music.sort == "random":
            pbx.chance.shuffle(files)
        for file in files:
            yield file
            if music.announcement:
                yield music.announcement
        if music.loops_last:
            files = files[-1:]


class _Player:
    """Keeps one channel's background in music."""

    def __init__(self, channel: Channel, stream: Stream, music: MusicClass) -> None:
        self._channel = channel
        self._stream = stream
        self._music = music
        self._is_stopped = False
        self._was_connected = stream.is_connected  # held within a call
        self.command: MusicCommand | None = None

    def stop(self) -> None:
        self._is_stopped = True
        if self.command is not None:
            self.command.remove(self._stream)
        events = self._channel.pbx.events
        if events.wants(MusicStopped):
            events.publish(MusicStopped(self._channel.name, self._channel.unique_id))

    @property
    def _has_left(self) -> bool:
        """Whether the party is to hear something else: it was stopped, or connected."""
        return self._is_stopped or (self._stream.is_connected and not self._was_connected)

    async def run(self) -> None:
        """Queue a piece while the one before is heard, until it is stopped."""
        pbx = self._channel.pbx
        before: asyncio.Future[PlaybackEnd] | None = None
        failures = 0  # since the last piece that could be read
        for name in _in_order(self._music, pbx):
            try:
                sound = await pbx.sounds.find(name, language=self._channel.language)
            except MediaError as error:
                logger.warning("music of class %s: %s", self._music.name, error)
                sound = None
            if sound is None or sound.duration < SHORTEST:
                failures += 1
                if failures > MOST_FAILURES:
                    break
                continue
            failures = 0
            if self._has_left or (before is not None and _was_stopped(before)):
                return
            queued = self._stream.play_background(sound)
            if before is not None and await before is not PlaybackEnd.FINISHED:
                return
            before = queued
        if not self._has_left:
            self._stream.play_background(make_melody(), loop=True)


def _was_stopped(piece: asyncio.Future[PlaybackEnd]) -> bool:
    return piece.done() and piece.result() is not PlaybackEnd.FINISHED


class _Beginning:
    """Of one channel: which music it is to hear; what was looked up for another is too late."""

    def __init__(self) -> None:
        self.number = 0


async def start_music(channel: Channel, name: str = "") -> None:
    """Let the party hear music until something else is to be heard, or :func:`stop_music`.

    Args:
        channel: Whose party.
        name: The class; empty: the channel's own, or the default one.
    """
    classes, beginning = channel.pbx.datastore(MusicClasses), channel.datastore(_Beginning)
    beginning.number = number = beginning.number + 1
    wanted = name or channel.datastore(ChannelSettings).music_class or DEFAULT_CLASS
    music = await classes.find(channel.pbx, wanted)
    if music.answered_only and channel.answered_at is None:
        return
    stream = await channel.stream()
    if beginning.number != number:
        return  # it was stopped, or other music began, while this was looked up
    player = _Player(channel, stream, music)
    channel.datastore(Background).begin(stream, BackgroundKind.MUSIC, player.stop)
    events = channel.pbx.events
    if events.wants(MusicStarted):
        events.publish(MusicStarted(channel.name, channel.unique_id, music.name))
    if music.mode is MusicMode.CUSTOM:
        player.command = classes.command(channel.pbx, music)
        player.command.add(stream)
    else:
        channel.pbx.spawn(player.run(), name=f"music of {channel.name}")


def stop_music(channel: Channel) -> None:
    """End the music, if the party hears some, or is about to."""
    channel.datastore(_Beginning).number += 1
    if channel.opened_stream is not None:
        channel.datastore(Background).stop(channel.opened_stream, BackgroundKind.MUSIC)


def hears_music(channel: Channel) -> bool:
    """Whether its party hears music now."""
    return channel.datastore(Background).kind is BackgroundKind.MUSIC
