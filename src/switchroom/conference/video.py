"""Who sees whom in a conference: the rules alone, without video.

There is one picture at a time, for all but whom it shows: that one sees who was shown before him.
"""

from __future__ import annotations

from collections.abc import Callable

from switchroom.config.confbridge import VideoMode

_FOLLOW_TALKERS = frozenset({VideoMode.FOLLOW_TALKER, VideoMode.SFU})


class VideoFloor:
    """Of one conference; people are known by their channels' names.

    Args:
        mode: Whom it looks at.
        has_video: Whether somebody has video to show now.
    """

    def __init__(self, mode: VideoMode, has_video: Callable[[str], bool]) -> None:
        self.mode = mode
        self._has_video = has_video
        self._marked: dict[str, bool] = {}  # by all in it, in the order in which they came
        self._talked: list[str] = []  # who talked last is last, each once
        self._single = ""

    @property
    def single(self) -> str:
        """Whom somebody wanted to be seen, whatever the mode; empty: nobody."""
        return self._single

    def join(self, name: str, *, is_marked: bool) -> None:
        """Somebody comes."""
        self._marked[name] = is_marked

    def leave(self, name: str) -> None:
        """Somebody goes."""
        self._marked.pop(name, None)
        if name in self._talked:
            self._talked.remove(name)
        if self._single == name:
            self._single = ""

    def talk(self, name: str) -> None:
        """Somebody begins to talk."""
        if name in self._marked:
            if name in self._talked:
                self._talked.remove(name)
            self._talked.append(name)

    def show(self, name: str) -> None:
        """Let this one be seen, whatever the mode; empty: go by the mode again."""
        self._single = name if name in self._marked else ""

    @property
    def follows_talkers(self) -> bool:
        """Whether it matters who talks."""
        return self.mode in _FOLLOW_TALKERS

    @property
    def is_empty(self) -> bool:
        """Whether nobody is to be seen, whoever is there."""
        return self.mode is VideoMode.NONE and not self._single

    def seen(self) -> tuple[str, str]:
        """Whom all see, and whom that one sees; empty: nobody."""
        shown = (each for each in self._order() if self._has_video(each))
        return next(shown, ""), next(shown, "")

    def _order(self) -> list[str]:
        """Who is to be seen, the best one first."""
        if self._single:
            return [self._single]
        if self.follows_talkers:
            silent = [each for each in self._marked if each not in self._talked]
            return [*reversed(self._talked), *silent]
        marked = [each for each, is_marked in self._marked.items() if is_marked]
        if self.mode is VideoMode.FIRST_MARKED:
            return marked[:1]
        return marked[-1:] if self.mode is VideoMode.LAST_MARKED else []
