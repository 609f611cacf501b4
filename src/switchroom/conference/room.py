"""Who is in a conference and how: the rules alone, without audio, clock or channels.

Each method gives the effects of what happened, in order; whoever holds the room carries them out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from switchroom.config.confbridge import BridgeProfile, UserProfile

Said = str | int  #: a sound's name, or a number that is said


class Leaving(StrEnum):
    """Why somebody left, as ``CONFBRIDGE_RESULT`` tells."""

    FAILED = "FAILED"  #: he was not let in
    HANGUP = "HANGUP"
    KICKED = "KICKED"
    ENDMARKED = "ENDMARKED"
    DTMF = "DTMF"
    TIMEOUT = "TIMEOUT"


class Refusal(StrEnum):
    """Why somebody is not let in."""

    LOCKED = "locked"
    FULL = "full"


@dataclass(slots=True, eq=False)
class Member:
    """One channel in a room."""

    channel: str
    profile: UserProfile
    number: int = 0  #: counted from 1 in the order of arrival, never used twice in a room
    is_link: bool = False  #: a leg to another system; nobody by itself
    people_behind: int = 1  #: of a link: how many are in the room at its other end
    is_blocked: bool = False  #: a link that carries nothing now
    is_muted: bool = False
    is_waiting: bool = False  #: for somebody marked
    is_talking: bool = False
    hears_music: bool = False
    name_sound: str = ""  #: the file of the name that he said

    @property
    def is_marked(self) -> bool:
        """Whether others may wait for him."""
        return self.profile.marked

    @property
    def is_person(self) -> bool:
        """Whether he is counted."""
        return not self.is_link


@dataclass(frozen=True, slots=True)
class Started:
    """The first one came."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The last one left."""


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody is in the room."""

    member: Member


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody is in it no longer."""

    member: Member


@dataclass(frozen=True, slots=True)
class Seated:
    """Whether he talks or hears may have changed."""

    member: Member


@dataclass(frozen=True, slots=True)
class MutedChanged:
    """He was muted, or is no longer."""

    member: Member


@dataclass(frozen=True, slots=True)
class MusicChanged:
    """He hears music from now on, or no longer."""

    member: Member


@dataclass(frozen=True, slots=True)
class TalkingChanged:
    """He began to talk, or fell silent."""

    member: Member


@dataclass(frozen=True, slots=True)
class Say:
    """Sounds for one, or for all."""

    sounds: tuple[Said, ...]
    to: Member | None = None


@dataclass(frozen=True, slots=True)
class Expelled:
    """He has to go; he is in the room until he did."""

    member: Member
    why: Leaving


Effect = (
    Started | Ended | Joined | Left | Seated | MutedChanged | MusicChanged | TalkingChanged | Say
    | Expelled
)  # fmt: skip


class Room:
    """One conference.

    What it does when somebody comes or goes takes no longer in a room of thousands, but where all
    of them are concerned.

    Args:
        name: As people dial it.
        profile: Of who came first.
    """

    def __init__(self, name: str, profile: BridgeProfile) -> None:
        self.name = name
        self.profile = profile
        self.is_locked = False
        self.mutes_all = False  #: everybody but administrators
        self.people = 0  #: in it, waiting ones included
        self.marked = 0
        self.admins = 0
        self._members: dict[str, Member] = {}  # in the order in which they came
        self._waiting: dict[str, Member] = {}
        self._empty_links = 0
        self._last_number = 0
        self._settled = (False, 0)  # whether somebody marked was there, and the company

    # what is asked

    @property
    def members(self) -> list[Member]:
        """All, in the order in which they came."""
        return list(self._members.values())

    @property
    def active(self) -> list[Member]:
        """Those who hear each other."""
        return [member for member in self._members.values() if not member.is_waiting]

    @property
    def waiting(self) -> list[Member]:
        """Those who wait for somebody marked."""
        return list(self._waiting.values())

    @property
    def is_empty(self) -> bool:
        """Whether neither people nor links are in it."""
        return not self._members

    def member(self, channel: str) -> Member | None:
        """The one of a channel."""
        return self._members.get(channel)

    def is_silenced(self, member: Member) -> bool:
        """Whether the others do not hear him, whoever wanted that."""
        return member.is_muted or (self.mutes_all and not member.profile.admin)

    def talks(self, member: Member) -> bool:
        """Whether what he says is heard."""
        return not (member.is_waiting or member.is_blocked or self.is_silenced(member))

    def refuses(self, profile: UserProfile) -> Refusal | None:
        """Whether somebody of this kind is not let in now. An administrator always is."""
        if profile.admin:
            return None
        if self.is_locked:
            return Refusal.LOCKED
        if self.profile.max_members and self.people >= self.profile.max_members:
            return Refusal.FULL
        return None

    # what happens

    def join(self, member: Member) -> list[Effect]:
        """Let somebody in; :meth:`refuses` was asked before."""
        effects: list[Effect] = [] if self._members else [Started()]
        self._last_number += 1
        member.number = self._last_number
        member.is_muted = member.profile.start_muted
        had_leader = bool(self.marked)
        self._members[member.channel] = member
        self._count(member, 1)
        self._set_waiting(member, waits=self._has_to_wait(member))
        effects.append(Joined(member))
        effects += self._welcome(member, had_leader=had_leader)
        effects.append(Seated(member))
        effects += self._settle(member)
        return effects

    def leave(self, member: Member) -> list[Effect]:
        """Somebody goes, for whatever reason."""
        if self._members.get(member.channel) is not member:
            return []
        del self._members[member.channel]
        self._count(member, -1)
        was_waiting = member.is_waiting
        self._set_waiting(member, waits=False)
        member.hears_music = member.is_talking = False
        effects: list[Effect] = [Left(member)]
        if not self.people:
            effects += [Expelled(link, Leaving.HANGUP) for link in self.members]
            if not self._members:
                effects.append(Ended())
            return effects
        if member.is_person and not (member.profile.quiet or was_waiting):
            effects += self._say_all(member, "leave", "has_left")
        if member.is_marked:
            effects += self._dismiss()
        if len(self._members) == 1:
            last = self.members[0]
            if last.profile.ends_alone:
                effects.append(Expelled(last, Leaving.HANGUP))
        effects += self._settle()
        return effects

    def mute(self, member: Member, *, muted: bool) -> list[Effect]:
        """Mute one, or let him talk again."""
        if member.is_muted == muted:
            return []
        member.is_muted = muted
        return [MutedChanged(member), Seated(member)]

    def mute_all(self, *, muted: bool) -> list[Effect]:
        """Mute everybody but administrators, those too who come later."""
        if self.mutes_all == muted:
            return []
        self.mutes_all = muted
        sound = "participants_muted" if muted else "participants_unmuted"
        effects: list[Effect] = []
        for member in self.members:
            if not member.profile.admin:
                effects += [MutedChanged(member), Seated(member)]
        return [*effects, Say((self._sound(sound),))]

    def lock(self, *, locked: bool) -> None:
        """Let nobody in but administrators, or everybody again."""
        self.is_locked = locked

    def talk(self, member: Member, *, talking: bool) -> list[Effect]:
        """Somebody begins to talk, or stops."""
        if self._members.get(member.channel) is not member or member.is_talking == talking:
            return []
        member.is_talking = talking
        return [TalkingChanged(member)]

    def kick(self, member: Member) -> list[Effect]:
        """Send one out."""
        return (
            [Expelled(member, Leaving.KICKED)]
            if self._members.get(member.channel) is member
            else []
        )

    def last_to_kick(self) -> Member | None:
        """Whoever came last and is no administrator."""
        return next(
            (m for m in reversed(self.members) if m.is_person and not m.profile.admin), None
        )

    def tell_behind(self, member: Member, people: int) -> list[Effect]:
        """There are so many at the other end of a link."""
        if self._members.get(member.channel) is not member:
            return []
        self._empty_links += (people == 0) - (member.people_behind == 0)
        member.people_behind = people
        return self._settle()

    def count_for(self, member: Member | None) -> tuple[Said, ...]:
        """How many others there are, as it is said to one or to all."""
        others = self.people - (1 if member is None or member.is_person else 0)
        if others <= 0:
            return (self._sound("only_person"),)
        if others == 1:
            return (self._sound("only_one"),)
        return (self._sound("there_are"), others, self._sound("other_in_party"))

    # rules

    def _sound(self, name: str) -> str:
        return self.profile.sounds[name]

    def _has_to_wait(self, member: Member) -> bool:
        return member.profile.wait_marked and not member.is_marked and not self.marked

    def _welcome(self, member: Member, *, had_leader: bool) -> list[Effect]:
        """What is said because of who came."""
        profile = member.profile
        effects: list[Effect] = []
        if member.is_link:
            return effects
        if not profile.quiet:
            if member.is_waiting:
                effects.append(Say((self._sound("wait_for_leader"),), member))
            elif self._is_alone(member):
                if profile.tells_only:
                    effects.append(Say((self._sound("only_person"),), member))
            elif profile.counts:
                effects.append(Say(self.count_for(member), member))
        if profile.marked and not had_leader:
            placed = (self._sound("place_into_conference"),)
            effects += [Say(placed, each) for each in self.waiting if not each.profile.quiet]
        if not (profile.quiet or member.is_waiting):
            effects += self._say_all(member, "join", "has_joined")
            if profile.counts_all is not None and self.people > max(1, profile.counts_all):
                effects.append(Say(self.count_for(None)))
        return effects

    def _say_all(self, member: Member, sound: str, with_name: str) -> list[Effect]:
        sounds: list[Said] = [self._sound(sound)]
        if member.name_sound:
            sounds += [member.name_sound, self._sound(with_name)]
        return [Say(tuple(sounds))]

    def _dismiss(self) -> list[Effect]:
        """Somebody marked left: others go with him, or wait for the next."""
        effects: list[Effect] = []
        gone = (self._sound("leader_has_left"),)
        for each in self.members:
            profile = each.profile
            ends = profile.end_marked_any or (profile.end_marked and not self.marked)
            waits = profile.wait_marked and not each.is_marked and not self.marked
            if each.is_link or not (ends or waits):
                continue
            if not profile.quiet:
                effects.append(Say(gone, each))
            if ends:
                effects.append(Expelled(each, Leaving.ENDMARKED))
        return effects

    @property
    def _company(self) -> int:
        """How many hear each other, those behind a link taken for one."""
        return len(self._members) - len(self._waiting) - self._empty_links

    def _is_alone(self, member: Member) -> bool:
        """Whether there is nobody whom he hears."""
        is_part = not member.is_waiting and (member.is_person or member.people_behind > 0)
        return self._company - is_part == 0

    def _count(self, member: Member, more: int) -> None:
        self.people += more * member.is_person
        self.marked += more * member.is_marked
        self.admins += more * member.profile.admin
        self._empty_links += more * (member.is_link and member.people_behind == 0)

    def _set_waiting(self, member: Member, *, waits: bool) -> None:
        member.is_waiting = waits
        if waits:
            self._waiting[member.channel] = member
        else:
            self._waiting.pop(member.channel, None)

    def _settle(self, newcomer: Member | None = None) -> list[Effect]:
        """Who waits, and who hears music, follows from who is here."""
        had_leader, before = self._settled
        effects: list[Effect] = []
        if had_leader != bool(self.marked):
            for member in self.members:
                waits = self._has_to_wait(member)
                if waits != member.is_waiting:
                    self._set_waiting(member, waits=waits)
                    effects.append(Seated(member))
        concerns_all = had_leader != bool(self.marked) or min(before, self._company) <= 1
        self._settled = (bool(self.marked), self._company)
        for member in self.members if concerns_all else [newcomer] if newcomer else []:
            idle = member.is_waiting or self._is_alone(member)
            music = member.is_person and member.profile.music_when_empty and idle
            if music != member.hears_music:
                member.hears_music = music
                effects.append(MusicChanged(member))
        return effects
