"""Snoop channels: what they hear is another call, and what they are played is whispered into it."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.media.api import SpyPlan, Stream, no_listener
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import WANTED_IDS, Pbx
from switchroom.pbx.technology import Indication, NoDriver


@dataclass(frozen=True, slots=True)
class SnoopPlan:
    """What a snoop channel hears and who hears it; ``in`` is what the party says."""

    hears_said: bool = False
    hears_heard: bool = False
    whispers_to_party: bool = False
    whispers_to_others: bool = False


class SnoopDriver:
    """Fulfils :class:`~switchroom.pbx.technology.ChannelDriver`.

    Args:
        target: The channel that is listened in on.
        plan: What is heard.
    """

    channel: Channel

    def __init__(self, target: Channel, plan: SnoopPlan) -> None:
        self._target = target
        self._plan = plan
        self._ends: tuple[Stream, Stream] | None = None

    async def answer(self) -> None:
        """It is up from the beginning."""

    async def indicate(self, indication: Indication) -> None:
        """Nobody is told."""

    async def dial(self) -> None:
        """Nobody is called."""

    async def open_stream(self) -> Stream:
        """One end of a pipe; the other one listens in."""
        if self._ends is None:
            engine, plan = self._target.pbx.engine, self._plan
            target = await self._target.stream()
            near, far = self._ends = engine.open_pipe(self.channel.on_media_event, no_listener)
            spying = SpyPlan(
                hears_said=plan.hears_said,
                hears_heard=plan.hears_heard,
                whispers=plan.whispers_to_party and not plan.whispers_to_others,
                barges=plan.whispers_to_others,
            )
            engine.listen_in(far, target, spying)
            return near
        return self._ends[0]

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """Nobody hears it."""

    def hangup(self, cause: HangupCause) -> None:
        """Listen in no longer."""
        if self._ends is not None:
            self._target.pbx.engine.stop_listening_in(self._ends[1])
            self._ends[1].close()
        self.channel.driver = NoDriver()


def make_snoop(pbx: Pbx, target: Channel, plan: SnoopPlan, unique_id: str = "") -> Channel:
    """Make a channel that listens in on another one, and ends with it."""
    driver = SnoopDriver(target, plan)
    token = WANTED_IDS.set([unique_id] if unique_id else None)
    try:
        driver.channel = Channel(
            pbx,
            name=f"Snoop/{target.unique_id}-{pbx.next_sequence('Snoop'):08x}",
            driver=driver,
            state=ChannelState.UP,
        )
    finally:
        WANTED_IDS.reset(token)
    driver.channel.answered_at = pbx.now()
    driver.channel.language = target.language
    target.at_end(lambda: driver.channel.hangup(HangupCause.NORMAL_CLEARING))
    return driver.channel
