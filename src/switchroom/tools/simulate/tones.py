"""Tones that somebody waits for, in virtual time."""

from __future__ import annotations

from switchroom.media.api import MediaListener, ToneEnded, ToneHeard, TonePlan


class SimulatedTones:
    """The part of a stream that reports tones.

    Args:
        listener: Hears of them.
    """

    def __init__(self, listener: MediaListener) -> None:
        self.listener = listener
        self.tones: dict[int, TonePlan] = {}
        self._tones = 0

    def watch_tone(self, plan: TonePlan) -> int:
        """Keep what is waited for; nobody whistles unless a test calls :meth:`whistle`."""
        self._tones += 1
        self.tones[self._tones] = plan
        return self._tones

    def unwatch_tone(self, number: int) -> None:
        """It is waited for no longer."""
        self.tones.pop(number, None)

    def whistle(self, hertz: float, duration: float) -> None:
        """Let a tone be heard, as long as this; told to all that wait for it."""
        for number, plan in tuple(self.tones.items()):
            if plan.hertz == hertz and duration >= plan.duration:
                self.listener(ToneHeard(number))
                self.listener(ToneEnded(number, duration))
