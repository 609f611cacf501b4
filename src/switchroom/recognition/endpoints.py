"""Where speech begins and ends, told from which frames are voiced."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto


class Edge(Enum):
    """What a frame changes."""

    BEGIN = auto()
    END = auto()


@dataclass(frozen=True, slots=True)
class EndpointRules:
    """In seconds."""

    frame: float = 0.03
    window: float = 0.24  #: that is looked back on for a begin,
    voiced: float = 0.15  #: and how much of it has to be voice
    silence: float = 0.7  #: behind which speech has ended
    longest: float = 20.0  #: after which it is taken for ended
    before: float = 0.3  #: of what came ahead of a begin that belongs to it


class Endpoints:
    """Follows one party, frame by frame.

    Args:
        rules: When what is said begins and ends.
    """

    def __init__(self, rules: EndpointRules) -> None:
        self._rules = rules
        self._recent: deque[bool] = deque(maxlen=round(rules.window / rules.frame))
        self._silent = self._spoken = 0
        self.is_speech = False

    def frame(self, *, is_voiced: bool) -> Edge | None:
        """The next frame; returns what it changes."""
        rules = self._rules
        if not self.is_speech:
            self._recent.append(is_voiced)
            if is_voiced and sum(self._recent) >= round(rules.voiced / rules.frame):
                self.is_speech, self._silent, self._spoken = True, 0, 0
                return Edge.BEGIN
            return None
        self._spoken += 1
        self._silent = 0 if is_voiced else self._silent + 1
        if (
            self._silent >= round(rules.silence / rules.frame)
            or self._spoken >= round(rules.longest / rules.frame)
        ):  # fmt: skip
            self.is_speech = False
            self._recent.clear()
            return Edge.END
        return None
