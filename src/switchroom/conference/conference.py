"""A conference that is held: its rules carried out, with a mix, announcements and recordings."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from switchroom.base.errors import MediaError, SoundNotFoundError
from switchroom.conference.events import (
    CREATOR,
    ConferenceEnded,
    ConferenceFacts,
    ConferenceJoined,
    ConferenceLeft,
    ConferenceMuted,
    ConferenceRecording,
    ConferenceStarted,
    ConferenceTalking,
)
from switchroom.conference.participant_events import ParticipantEvents
from switchroom.conference.peers import tell_peers
from switchroom.conference.registered import RegisteredConferences
from switchroom.conference.room import (
    Effect,
    Ended,
    Expelled,
    Joined,
    Leaving,
    Left,
    Member,
    MusicChanged,
    MutedChanged,
    Room,
    Said,
    Say,
    Seated,
    Started,
    TalkingChanged,
)
from switchroom.conference.showing import Showing
from switchroom.config.confbridge import BridgeProfile
from switchroom.media.api import Mix, Monitor
from switchroom.media.saying.registry import language_for
from switchroom.pbx.datastore import Datastores
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.running_commands import RunningCommands
from switchroom.pbx.states.device_state import DeviceKinds, DeviceState, DeviceStateChanged
from switchroom.pbx.texting import ChannelText, send_text

if TYPE_CHECKING:
    from switchroom.conference.attendance import Attendance

logger = logging.getLogger(__name__)

MOST_WAITING = 32  #: announcements; of more nobody knows any longer what they speak of


def spoken(sounds: Sequence[Said], language: str) -> list[str]:
    """The names of prompts; numbers as the language says them."""
    names: list[str] = []
    for each in sounds:
        names += language_for(language).number(each) if isinstance(each, int) else [each]
    return [name for name in names if name]


@dataclass(slots=True)
class _Recording:
    path: Path
    monitor: Monitor


class Conferences(dict[str, "Conference"]):
    """Those of a node by their names, by ``pbx.datastore(Conferences)``."""

    device: ClassVar[str] = "confbridge"  #: ``confbridge:600`` is a device

    def open(
        self, pbx: Pbx, name: str, profile: BridgeProfile, *, creator: str = CREATOR
    ) -> Conference:
        """The conference of that name, begun if there is none.

        Raises:
            MediaError: There is none, and the engine takes no more.
        """
        found = self.get(name)
        if found is None:
            found = self[name] = Conference(pbx, name, profile, creator, self)
            pbx.datastore(DeviceKinds).setdefault(self.device, self.device_state)
        return found

    def device_state(self, name: str) -> DeviceState:
        """Whether somebody is in it."""
        return DeviceState.INUSE if name in self else DeviceState.NOT_INUSE


class Conference(Datastores):
    """One conference, from the first one in it to the last.

    Args:
        pbx: The core.
        name: As people dial it.
        profile: Of who came first.
        creator: Whose kind of conference it is, for events.
        among: The conferences of its kind.
    """

    def __init__(
        self, pbx: Pbx, name: str, profile: BridgeProfile, creator: str, among: Conferences
    ) -> None:
        super().__init__()
        self.pbx = pbx
        self.name = name
        self.profile = profile
        self.creator = creator
        self.room = Room(name, profile)
        self.mix: Mix = pbx.engine.open_mix(highest_rate=profile.highest_rate)
        self.id = str(uuid.UUID(int=pbx.chance.getrandbits(128), version=4))
        self.began_at = pbx.now()
        self.attendances: dict[str, Attendance] = {}
        self.language = profile.language
        self.showing = Showing(self)
        self.on_change: list[Callable[[], None]] = []  #: called when somebody came or went
        self._among = among
        self._announcements: deque[tuple[tuple[Said, ...], asyncio.Future[None]]] = deque()
        self._announces = False
        self._last_said: asyncio.Future[None] | None = None
        self._recording: _Recording | None = None
        self._recorded_into: Path | None = None  #: what is recorded next is appended to it
        self._tells = ParticipantEvents(self) if profile.tells_events else None

    @property
    def facts(self) -> ConferenceFacts:
        """As events tell it."""
        return ConferenceFacts(
            self.name, self.id, len(self.attendances), self.creator,
            video_source_mode=self.showing.mode,
        )  # fmt: skip

    @property
    def is_recording(self) -> bool:
        """Whether all is recorded."""
        return self._recording is not None

    # effects

    def carry_out(self, effects: Sequence[Effect]) -> None:
        """Do what the rules say, in order."""
        for effect in effects:
            if isinstance(effect, Started | Ended):
                self._begin_or_end(begins=isinstance(effect, Started))
            elif isinstance(effect, Say):
                if effect.to is None:
                    self.announce(effect.sounds)
                elif (attendance := self.attendances.get(effect.to.channel)) is not None:
                    attendance.tell(effect.sounds)
            else:
                self._concern(effect)

    def _concern(
        self,
        effect: Joined | Left | Seated | MutedChanged | MusicChanged | TalkingChanged | Expelled,
    ) -> None:
        attendance = self.attendances.get(effect.member.channel)
        if attendance is None:
            return
        if isinstance(effect, Seated):
            attendance.seat()
            self.showing.look()
        elif isinstance(effect, MusicChanged):
            attendance.change_music()
        elif isinstance(effect, Expelled):
            attendance.expel(effect.why)
        else:
            if self._tells is not None:
                silenced = self.room.is_silenced(effect.member)
                _tell_participants(self._tells, effect, attendance, silenced=silenced)
            self._tell(effect, attendance)

    def _tell(
        self, effect: Joined | Left | MutedChanged | TalkingChanged, attendance: Attendance
    ) -> None:
        events, member = self.pbx.events, effect.member
        channel, duration = attendance.channel, attendance.duration
        who = (self.facts, channel.name, channel.unique_id, member.number, member.profile.admin)
        silenced = self.room.is_silenced(member)
        if isinstance(effect, Joined | Left):
            for tell in self.on_change:
                tell()
            gone = channel if isinstance(effect, Left) else None
            stays = self.attendances.values()
            tell_peers((each.channel for each in stays if each.channel is not gone), gone)
        if isinstance(effect, Joined):
            if events.wants(ConferenceJoined):
                events.publish(ConferenceJoined(*who, silenced))
        elif isinstance(effect, Left):
            if events.wants(ConferenceLeft):
                events.publish(ConferenceLeft(*who, duration))
        elif isinstance(effect, MutedChanged):
            if events.wants(ConferenceMuted):
                events.publish(ConferenceMuted(*who, silenced, duration))
        elif events.wants(ConferenceTalking):
            events.publish(ConferenceTalking(*who, member.is_talking, duration))

    def _begin_or_end(self, *, begins: bool) -> None:
        events = self.pbx.events
        kind = ConferenceStarted if begins else ConferenceEnded
        if begins:
            logger.info("conference %s begins", self.name)
            if self.profile.reg_context:
                registered = self.pbx.datastore(RegisteredConferences)
                registered.add(self.pbx, self.name, self.profile.reg_context)
            if self.profile.records:
                self.record_or_complain(self.profile.record_file)
        else:
            logger.info("conference %s is over", self.name)
            self._close()
        if events.wants(kind):
            events.publish(kind(replace(self.facts, channels=0)))
        if events.wants(DeviceStateChanged):
            state = DeviceState.INUSE if begins else DeviceState.NOT_INUSE
            events.publish(DeviceStateChanged(f"{self._among.device}:{self.name}", state))

    def _close(self) -> None:
        self.end()
        if self._among.get(self.name) is self:
            del self._among[self.name]
        if self.profile.reg_context:
            self.pbx.datastore(RegisteredConferences).remove(self.pbx, self.name)
        if self._recording is not None:
            self.pbx.spawn(self._end_recording_and_close(), name=f"conference {self.name}")
        else:
            self.mix.close()

    async def _end_recording_and_close(self) -> None:
        try:
            await self.stop_recording()
        finally:
            self.mix.close()

    def close_unused(self) -> None:
        """Nobody came in after all."""
        if self.room.is_empty and self._among.get(self.name) is self:
            self._close()

    # announcements

    def announce(self, sounds: tuple[Said, ...]) -> None:
        """Let all hear sounds, behind those that wait; the same is not said twice in a row."""
        if not any(sounds) or len(self._announcements) >= MOST_WAITING:
            return
        if any(waiting == sounds for waiting, _ in self._announcements):
            return
        self._last_said = asyncio.get_running_loop().create_future()
        self._announcements.append((sounds, self._last_said))
        if not self._announces:
            self._announces = True
            self.pbx.spawn(self._announce(), name=f"announcements in {self.name}")

    async def until_announced(self, within: float) -> None:
        """Wait until what is to be said to all was said."""
        if self._last_said is not None:
            await asyncio.wait({self._last_said}, timeout=within)

    async def _announce(self) -> None:
        try:
            while self._announcements:
                sounds, said = self._announcements.popleft()
                try:
                    for name in spoken(sounds, self.language):
                        await self._play(name)
                finally:
                    if not said.done():
                        said.set_result(None)
        finally:
            self._announces = False

    async def _play(self, name: str) -> None:
        try:
            sound = await self.pbx.sounds.find(name, language=self.language)
        except SoundNotFoundError as error:
            logger.warning("conference %s: %s", self.name, error)
            return
        await self.mix.play(sound)

    # recording

    def start_recording(self, file: str = "") -> Path:
        """Record all that is said.

        Args:
            file: Its suffix names the format; a relative one is below the spool's folder
                ``monitor``. Empty: named by conference and time.

        Returns:
            The file.

        Raises:
            MediaError: It cannot be written.
        """
        if self._recording is not None:
            raise MediaError(f"conference {self.name} is recorded already")
        path = self._record_path(file)
        monitor = self.mix.start_recording(
            path, append=self.profile.record_append, gain=self.profile.record_gain
        )
        self._recording = _Recording(path, monitor)
        self._tell_recording(path, is_running=True)
        return path

    def record_or_complain(self, file: str) -> None:
        """As :meth:`start_recording`; a file that cannot be written is told to the log."""
        try:
            self.start_recording(file)
        except MediaError as error:
            logger.error("conference %s: %s", self.name, error)  # noqa: TRY400  # it says it all

    def _record_path(self, file: str) -> Path:
        stamp = int(self.pbx.now())
        is_usual = not file or file == self.profile.record_file
        if is_usual and self.profile.record_append and self._recorded_into is not None:
            return self._recorded_into
        if not file:
            named = self.name.replace("/", "-")  # it may be what somebody dialled
            file = f"confbridge-{named}-{stamp}.wav"
        elif self.profile.record_timestamp and file == self.profile.record_file:
            given = Path(file)
            file = str(given.with_name(f"{given.stem}-{stamp}{given.suffix}"))
        path = self.pbx.directories.astspooldir / "monitor" / file
        if is_usual:
            self._recorded_into = path
        return path

    async def stop_recording(self) -> bool:
        """End it, and wait until the file is whole; returns whether there was one."""
        recording, self._recording = self._recording, None
        if recording is None:
            return False
        await recording.monitor.stop()
        self._tell_recording(recording.path, is_running=False)
        command = self.profile.record_command.replace("^{MIXMONITOR_FILENAME}", str(recording.path))
        if command:
            await self.pbx.datastore(RunningCommands).run(self.pbx, command)
        return True

    def _tell_recording(self, path: Path, *, is_running: bool) -> None:
        events = self.pbx.events
        if self._tells is not None:
            self._tells.tell("ConfbridgeRecord" if is_running else "ConfbridgeStopRecord")
        if events.wants(ConferenceRecording):
            events.publish(ConferenceRecording(self.facts, is_running, str(path)))

    # texts

    def pass_text(self, author: Attendance, text: ChannelText) -> None:
        """Somebody wrote: the others get it who want texts."""
        for each in self.attendances.values():
            profile = each.member.profile
            if each is not author and each.member.is_person and profile.gets_texts:
                send_text(each.channel, text)

    # from outside

    def members_of(self, channel: str) -> list[Member]:
        """Whom a command names: a channel, ``all``, ``participants`` (no administrators)."""
        members = self.room.members
        word = channel.strip().lower()
        if word == "all":
            return members
        if word == "participants":
            return [member for member in members if not member.profile.admin]
        return [member for member in members if member.channel.lower() == word]

    def kick(self, channel: str) -> bool:
        """Send some out; returns whether there was anybody."""
        members = self.members_of(channel)
        for member in members:
            self.carry_out(self.room.kick(member))
        return bool(members)

    def mute(self, channel: str, *, muted: bool) -> bool:
        """Mute some, or let them talk again; returns whether there was anybody."""
        members = self.members_of(channel)
        for member in members:
            self.carry_out(self.room.mute(member, muted=muted))
        return bool(members)

    def leave(self, attendance: Attendance) -> None:
        """One is gone."""
        effects = self.room.leave(attendance.member)
        for effect in effects:
            if isinstance(effect, Left):
                self._concern(effect)
                self.attendances.pop(attendance.member.channel, None)
                self.mix.leave(attendance.stream)
            else:
                self.carry_out([effect])

    def expel_all(self, why: Leaving = Leaving.KICKED) -> None:
        """It is over for everybody."""
        for attendance in list(self.attendances.values()):
            attendance.expel(why)


def _tell_participants(
    tells: ParticipantEvents,
    effect: Joined | Left | MutedChanged | TalkingChanged,
    attendance: Attendance,
    *,
    silenced: bool,
) -> None:
    if isinstance(effect, Joined):
        tells.tell("ConfbridgeJoin", attendance)
        tells.welcome(attendance)
    elif isinstance(effect, Left):
        tells.tell("ConfbridgeLeave", attendance)
    elif isinstance(effect, MutedChanged):
        tells.tell("ConfbridgeMute" if silenced else "ConfbridgeUnmute", attendance)
    else:
        status = "on" if effect.member.is_talking else "off"
        tells.tell("ConfbridgeTalking", attendance, talking_status=status)
