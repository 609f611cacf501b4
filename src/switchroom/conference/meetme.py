"""The rooms of MeetMe: numbered ones of ``meetme.conf``, and those made when somebody comes."""

from __future__ import annotations

from switchroom.conference.conference import Conference, Conferences
from switchroom.conference.room import Member
from switchroom.config.confbridge import Menu, MenuAction
from switchroom.config.meetme import MeetMeConfig, MeetMeRoom, room_of_row
from switchroom.pbx.pbx import Pbx
from switchroom.storage.realtime import Realtime
from switchroom.storage.sql.statements import Condition

CREATOR = "MeetMe"
FAMILY = "meetme"


class MeetMeConferences(Conferences):
    """Those of a node that are held, by ``pbx.datastore(MeetMeConferences)``."""

    device = "meetme"

    def __init__(self) -> None:
        super().__init__()
        self.config = MeetMeConfig()
        self.dynamic: dict[str, MeetMeRoom] = {}  #: while somebody is in them

    def room(self, number: str) -> MeetMeRoom | None:
        """The room of a number, wherever it is from."""
        if number in self.dynamic and number not in self:
            del self.dynamic[number]
        return self.config.rooms.get(number) or self.dynamic.get(number)

    async def look_up(self, pbx: Pbx, number: str) -> MeetMeRoom | None:
        """The same, also where it stands in a table; read anew by everybody who comes."""
        found = self.room(number)
        realtime = pbx.datastore(Realtime)
        if found is None and realtime.is_mapped(FAMILY):
            rows = await realtime.find(FAMILY, Condition("confno", number))
            return room_of_row(rows[0]) if rows else None
        return found

    def is_dynamic(self, number: str) -> bool:
        """Whether it was made when somebody came."""
        return number not in self.config.rooms

    def empty_room(self, *, without_pin: bool) -> MeetMeRoom | None:
        """The first room of the file that nobody is in."""
        return next(
            (
                room
                for room in self.config.rooms.values()
                if room.number not in self and not (without_pin and room.pin)
            ),
            None,
        )


def user_menu(*, admin: bool, may_talk: bool) -> dict[str, tuple[MenuAction, ...]]:
    """What ``*`` and a digit behind it do: MeetMe's own menu."""
    keys: dict[str, tuple[MenuAction, ...]] = {
        "*": (MenuAction("playback_and_continue", "conf-adminmenu" if admin else "conf-usermenu"),),
        "*4": (MenuAction("decrease_listening_volume"),),
        "*6": (MenuAction("increase_listening_volume"),),
        "*7": (MenuAction("decrease_talking_volume"),),
        "*8": (MenuAction("no_op"),),
        "*9": (MenuAction("increase_talking_volume"),),
    }
    if may_talk:
        keys["*1"] = (MenuAction("toggle_mute"),)
    if admin:
        keys["*2"] = (MenuAction("admin_toggle_conference_lock"),)
        keys["*3"] = (MenuAction("admin_kick_last"),)
    return keys


def menu_of(keys: dict[str, tuple[MenuAction, ...]]) -> Menu:
    """A menu that no file names."""
    return Menu(CREATOR, keys)


def find_user(conference: Conference, user: str) -> Member | None:
    """Somebody by his number in the conference, or by his channel."""
    for member in conference.room.members:
        if user in {str(member.number), member.channel}:
            return member
    return None


def administer(conference: Conference, command: str, user: str) -> bool:
    """Do what a letter of MeetMeAdmin says; returns whether there was anybody to do it to."""
    room = conference.room
    if command in {"L", "l"}:
        room.lock(locked=command == "L")
        return True
    if command in {"K", "N", "n"}:
        everybody = [m for m in room.members if command != "N" or not m.profile.admin]
        for member in everybody:
            _do(conference, {"K": "k", "N": "M", "n": "m"}[command], member)
        return True
    if command in {"s", "S", "v", "V", "R"}:
        for member in room.members:
            _do(conference, {"s": "t", "S": "T", "v": "u", "V": "U", "R": "r"}[command], member)
        return True
    found = room.last_to_kick() if command == "e" else find_user(conference, user)
    if found is None:
        return False
    _do(conference, "k" if command == "e" else command, found)
    return True


def _do(conference: Conference, command: str, member: Member) -> None:
    if command == "k":
        conference.carry_out(conference.room.kick(member))
    elif command in {"m", "M"}:
        conference.carry_out(conference.room.mute(member, muted=command == "M"))
    else:
        attendance = conference.attendances[member.channel]
        talks, hears = attendance.talk_volume, attendance.listen_volume
        for volume in {"t": (talks,), "T": (talks,), "r": (talks, hears)}.get(command, (hears,)):
            volume.change(0 if command == "r" else 1 if command.isupper() else -1)
        attendance.seat()
