"""A conference's video: who sees whom, as the floor's rules say, by the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.conference.video import VideoFloor
from switchroom.config.confbridge import VideoMode
from switchroom.media.passages import Passage
from switchroom.pbx.bridging.passages import passage_of, watch_passages

if TYPE_CHECKING:
    from switchroom.conference.attendance import Attendance
    from switchroom.conference.conference import Conference

VIDEO = "video"  #: as drivers call that passage


class Showing:
    """Of one conference.

    Args:
        conference: Which; its profile says whom it looks at.
    """

    def __init__(self, conference: Conference) -> None:
        self._conference = conference
        self._floor = VideoFloor(conference.profile.video_mode, self.has_video)
        self._watching: set[str] = set()

    @property
    def follows_talkers(self) -> bool:
        """Whether it matters who talks."""
        return self._floor.follows_talkers

    @property
    def mode(self) -> str:
        """What is shown, as events tell it."""
        if self._floor.single:
            return "single"
        if self._floor.mode in {VideoMode.FIRST_MARKED, VideoMode.LAST_MARKED}:
            return "single"
        return "talker" if self.follows_talkers else "none"

    def join(self, attendance: Attendance) -> None:
        """Somebody is seated."""
        member = attendance.member
        self._floor.join(member.channel, is_marked=member.is_marked)
        watch_passages(attendance.channel, self.look)
        self.look()

    def leave(self, attendance: Attendance) -> None:
        """Somebody goes; he is still in the list of those who attend."""
        name = attendance.member.channel
        watch_passages(attendance.channel, None)
        own = self._passage(name)
        if name in self._watching:
            self._watching.remove(name)
            if own is not None:
                self._conference.pbx.engine.show(own, None)
        self._floor.leave(name)
        self.look(without=name)

    def talk(self, name: str) -> None:
        """Somebody begins to talk."""
        self._floor.talk(name)
        self.look()

    def show(self, name: str) -> None:
        """Let somebody be the only one who is seen; empty: go by the mode again."""
        self._floor.show(name)
        self.look()

    def release(self, name: str) -> None:
        """Go by the mode again, where this one was the only one who was seen."""
        if self._floor.single == name:
            self.show("")

    def has_video(self, name: str) -> bool:
        """Whether somebody has any to show."""
        return self._passage(name) is not None

    def look(self, *, without: str = "") -> None:
        """Let everybody see whom he is to see now, but one who goes."""
        if self._floor.is_empty and not self._watching:
            return
        all_see, that_one_sees = self._floor.seen()
        for name in self._conference.attendances:
            own = self._passage(name)
            if own is None or name == without:
                continue
            seen = that_one_sees if name == all_see else all_see
            if seen or name in self._watching:
                self._show(name, own, seen)

    def _show(self, name: str, own: Passage, seen: str) -> None:
        shown = self._passage(seen) if seen else None
        if shown is None:
            self._watching.discard(name)
        else:
            self._watching.add(name)
        pause = self._conference.profile.video_pause
        self._conference.pbx.engine.show(own, shown, picture_pause=pause)

    def _passage(self, name: str) -> Passage | None:
        attendance = self._conference.attendances.get(name)
        if attendance is None or attendance.member.is_waiting or attendance.member.is_link:
            return None
        return passage_of(attendance.channel, VIDEO)
