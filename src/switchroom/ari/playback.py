"""Playing to a channel or to all in a bridge, under the control of whoever asked for it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from msgspec import UNSET

from switchroom.ari.hub import EventHub, bridge_topics, channel_topics
from switchroom.ari.media_uri import Played, find_media
from switchroom.ari.models.media_events import (
    PlaybackContinuing,
    PlaybackFinished,
    PlaybackStarted,
)
from switchroom.ari.models.playbacks import Playback as PlaybackModel
from switchroom.base.errors import MediaError
from switchroom.media.api import PlaybackEnd, Sound, Stream
from switchroom.media.tone_list import ToneSounds
from switchroom.pbx.background import Background, BackgroundKind
from switchroom.pbx.bridging.stasis_bridge import StasisBridge
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.pbx import Pbx

SKIP_MS = 3000  #: what one forward or reverse winds


class PlaybackState(StrEnum):
    """Where a playback stands."""

    QUEUED = "queued"
    PLAYING = "playing"
    PAUSED = "paused"
    CONTINUING = "continuing"  #: the next of several is about to be heard
    DONE = "done"
    FAILED = "failed"


_OVER = frozenset({PlaybackState.DONE, PlaybackState.FAILED})


class Control(StrEnum):
    """What can be done to one."""

    RESTART = "restart"
    PAUSE = "pause"
    UNPAUSE = "unpause"
    REVERSE = "reverse"
    FORWARD = "forward"


class Audience(Protocol):
    """Who hears it."""

    @property
    def uri(self) -> str:
        """``channel:1234.5``."""
        ...

    @property
    def topics(self) -> Sequence[str]:
        """What one has to hear of to hear of the playback."""
        ...

    @property
    def language(self) -> str:
        """Theirs."""
        ...

    async def streams(self) -> Sequence[Stream]:
        """Those of all, as they are now.

        Raises:
            HangupError: Nobody is there any more.
        """
        ...


class ChannelAudience:
    """One channel's party."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.uri = f"channel:{channel.unique_id}"
        self.topics = channel_topics(channel)

    @property
    def language(self) -> str:
        """See :class:`Audience`."""
        return self._channel.language

    async def streams(self) -> Sequence[Stream]:
        """See :class:`Audience`."""
        channel = self._channel
        stream = await channel.stream()
        if channel.is_hung_up:
            raise HangupError(channel.name)
        channel.datastore(Background).stop(stream, BackgroundKind.TONES)
        return [stream]


class BridgeAudience:
    """All in a bridge; who comes while something is heard does not hear that."""

    language = "en"

    def __init__(self, bridge: StasisBridge) -> None:
        self._bridge = bridge
        self.uri = f"bridge:{bridge.id}"
        self.topics = bridge_topics(bridge.id)

    async def streams(self) -> Sequence[Stream]:
        """See :class:`Audience`."""
        return [each.stream for each in self._bridge.parties if each.stream is not None]


class Playbacks(dict[str, "Playback"]):
    """Those of a node that are not over, by their ids; a datastore of the core.

    Of several that were given one id the latest is found by it, and the others are heard too.
    """


@dataclass(frozen=True, slots=True)
class PlaybackOrder:
    """What is to be played."""

    media: Sequence[str]
    id: str = ""
    language: str = ""  #: empty: the audience's own
    offset: float = 0.0  #: seconds of the first that are left out
    skip: float = SKIP_MS / 1000  #: seconds


class Playback:
    """One; fulfils :class:`~switchroom.pbx.stasis.StasisWork`.

    Args:
        pbx: The core.
        hub: Tells of it.
        audience: Who hears it.
        order: What is played.
    """

    def __init__(self, pbx: Pbx, hub: EventHub, audience: Audience, order: PlaybackOrder) -> None:
        self.id = order.id or str(uuid.uuid4())
        self.state = PlaybackState.QUEUED
        self._pbx = pbx
        self._hub = hub
        self._audience = audience
        self._order = order
        self._media = order.media[0]
        self._next = ""
        self._language = order.language or audience.language
        self._player: _Player | None = None
        self._is_stopped = False
        pbx.datastore(Playbacks)[self.id] = self

    def model(self) -> PlaybackModel:
        """As it is told."""
        # Asterisk: a paused one is told as playing (22).
        state = PlaybackState.PLAYING if self.state is PlaybackState.PAUSED else self.state
        return PlaybackModel(
            id=self.id,
            media_uri=self._media,
            target_uri=self._audience.uri,
            state=state.value,
            next_media_uri=self._next or UNSET,
            language=self._language or UNSET,
        )

    async def run(self) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisWork`."""
        try:
            for number, media in enumerate(self._order.media):
                if self._is_stopped:
                    break
                self._media = media
                self._next = (*self._order.media, "")[number + 1]
                await self._play(media, is_first=number == 0)
            self._finish(PlaybackState.DONE)
        except MediaError:
            self._finish(PlaybackState.FAILED)
        finally:
            if self.state not in _OVER:
                self._finish(PlaybackState.FAILED)

    async def _play(self, media: str, *, is_first: bool) -> None:
        played = await find_media(self._pbx, media, self._language)
        self.state = PlaybackState.PLAYING if is_first else PlaybackState.CONTINUING
        kind = PlaybackStarted if is_first else PlaybackContinuing
        self._hub.tell(self._audience.topics, kind(self._hub.now(), self.model()))
        self.state = PlaybackState.PLAYING
        if played.tone is not None:
            await self._play_tone(played.tone)
            return
        self._player = _Player(
            self._audience, played, self._order.offset if is_first else 0.0, self._order.skip
        )
        if not self._is_stopped:
            await self._player.run()

    async def _play_tone(self, tone: ToneSounds) -> None:
        """Until it is stopped."""
        streams = await self._audience.streams()
        for stream in streams:
            stream.stop_background()
            if tone.once is not None:
                stream.play_background(tone.once)
            if tone.loop is not None:
                stream.play_background(tone.loop, loop=True)
        self._player = _Player(self._audience, Played(), 0.0, 0.0)
        try:
            await self._player.stopped.wait()
        finally:
            for stream in streams:
                stream.stop_background()

    def _finish(self, state: PlaybackState) -> None:
        self.state = state
        self._next = ""
        playbacks = self._pbx.datastore(Playbacks)
        if playbacks.get(self.id) is self:  # another may be called so by now
            del playbacks[self.id]
        self._hub.tell(self._audience.topics, PlaybackFinished(self._hub.now(), self.model()))

    def drop(self) -> None:
        """See :class:`~switchroom.pbx.stasis.StasisWork`."""
        self._finish(PlaybackState.FAILED)

    def stop(self) -> None:
        """End it, all that was to follow too."""
        self._is_stopped = True
        if self._player is not None:
            self._player.stop()

    def control(self, what: Control) -> bool:
        """Wind, pause; returns whether it is played by now."""
        player = self._player
        if player is None:
            return False
        if what is Control.PAUSE:
            self.state = PlaybackState.PAUSED
        elif what is Control.UNPAUSE:
            self.state = PlaybackState.PLAYING
        player.control(what)
        return True


class _Player:
    """Plays the sounds of one address; knows where it stands."""

    def __init__(self, audience: Audience, played: Played, offset: float, skip: float) -> None:
        self.stopped = asyncio.Event()
        self._audience = audience
        self._sounds = played.sounds
        self._skip = skip
        self._position = offset  # seconds behind the start of all
        self._began_at: float | None = None
        self._is_paused = False
        self._wound = False
        self._goes_on = asyncio.Event()
        self._streams: Sequence[Stream] = ()

    async def run(self) -> None:
        """Until the end of the last sound, or until it is stopped."""
        while not self.stopped.is_set():
            if self._is_paused:
                self._goes_on.clear()
                await self._goes_on.wait()
                continue
            found = self._sound()
            if found is None:
                return
            sound, end = found
            await self._hear(sound)
            if not self._wound:
                self._position = end
            self._wound = False

    def _sound(self) -> tuple[Sound, float] | None:
        """What is left of the sound at the position, and where that ends; None at the end."""
        begin = 0.0
        for sound in self._sounds:
            end = begin + sound.duration
            if self._position < end:
                inside = self._position - begin
                return (sound.after(inside) if inside > 0 else sound), end
            begin = end
        return None

    async def _hear(self, sound: Sound) -> None:
        self._streams = await self._audience.streams()
        self._began_at = asyncio.get_running_loop().time()
        if not self._streams:  # a bridge that is empty
            await asyncio.sleep(sound.duration)
            return
        try:
            ends = await asyncio.gather(*(stream.play(sound) for stream in self._streams))
        finally:
            self._began_at = None
        if all(end is PlaybackEnd.CLOSED for end in ends):
            raise MediaError("nobody hears it any more")

    def stop(self) -> None:
        """End it."""
        self.stopped.set()
        self._goes_on.set()
        self._interrupt()

    def _interrupt(self) -> None:
        """Take note of where it stands, and end the sound that is heard."""
        self._wound = True
        if self._began_at is not None:
            self._position += asyncio.get_running_loop().time() - self._began_at
            self._began_at = None
        for stream in self._streams:
            stream.stop_playback()

    def control(self, what: Control) -> None:
        """Do it."""
        if what is Control.UNPAUSE:
            self._is_paused = False
            self._goes_on.set()
            return
        if what is Control.PAUSE and self._is_paused:
            return
        is_heard = not self._is_paused
        if is_heard:
            self._interrupt()
        match what:
            case Control.PAUSE:
                self._is_paused = True
            case Control.RESTART:
                self._position = 0.0
            case Control.FORWARD:
                self._position += self._skip
            case Control.REVERSE:
                self._position = max(0.0, self._position - self._skip)
        if not is_heard:
            self._wound = False
