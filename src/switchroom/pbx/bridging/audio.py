"""Who hears whom in a bridge: two are connected, three and more are mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from switchroom.media.api import MediaEngine, Mix, SeatPlan, Stream

_SEAT = SeatPlan()
_NO_PLANS: Mapping[Stream, SeatPlan] = MappingProxyType({})


class BridgeAudio:
    """Of one bridge; changes between both ways by itself, without a click.

    Args:
        engine: Whose streams the parties have.
    """

    def __init__(self, engine: MediaEngine) -> None:
        self._engine = engine
        self._pair: tuple[Stream, Stream] | None = None
        self._mix: Mix | None = None
        self._seated: dict[Stream, SeatPlan] = {}

    @property
    def is_mixed(self) -> bool:
        """Whether more than two hear each other."""
        return self._mix is not None

    @property
    def mix(self) -> Mix | None:
        """Where those hear each other that are not simply connected."""
        return self._mix

    def arrange(
        self,
        streams: Sequence[Stream],
        plans: Mapping[Stream, SeatPlan] = _NO_PLANS,
        *,
        mixes: bool = False,
    ) -> None:
        """Let all of these hear each other, and nobody else.

        Args:
            streams: The parties'.
            plans: Of those that do not talk and hear like all others.
            mixes: Mix them, however few they are.
        """
        mixes = mixes or bool(plans)
        if len(streams) == 2 and not mixes:
            self._unmix()
            self._pair = (streams[0], streams[1])
            self._engine.connect(*self._pair)
        elif len(streams) > 2 or mixes:
            self._pair = None  # who is seated leaves whom it was connected with
            if self._mix is None:
                self._mix = self._engine.open_mix()
            for stream in streams:
                plan = plans.get(stream, _SEAT)
                if self._seated.get(stream) is not plan:
                    self._mix.join(stream, plan)
                    self._seated[stream] = plan
        else:
            self._unmix()

    def leave(self, stream: Stream) -> None:
        """Let one party go; the others are arranged anew then."""
        if self._pair is not None:
            self._engine.disconnect(*self._pair)
            self._pair = None
        if self._mix is not None and stream in self._seated:
            del self._seated[stream]
            self._mix.leave(stream)

    def _unmix(self) -> None:
        if self._mix is not None:
            self._mix.close()
            self._mix = None
            self._seated.clear()


class HoldingAudio:
    """Of a holding bridge: nobody hears anybody, but for what an announcer says to all.

    Args:
        engine: Whose streams the parties have.
    """

    def __init__(self, engine: MediaEngine) -> None:
        self._engine = engine
        self._mix: Mix | None = None

    def announce(self, announcer: Stream, hearers: Sequence[Stream]) -> None:
        """Let these hear the announcer, instead of what they heard."""
        if self._mix is None:
            self._mix = self._engine.open_mix()
        self._mix.join(announcer, SeatPlan(hears=False))
        for stream in hearers:
            self._mix.join(stream, SeatPlan(talks=False))

    def end_announcement(self) -> None:
        """The announcer is gone."""
        if self._mix is not None:
            self._mix.close()
            self._mix = None

    def leave(self, stream: Stream) -> None:
        """One that hears goes."""
        if self._mix is not None:
            self._mix.leave(stream)
