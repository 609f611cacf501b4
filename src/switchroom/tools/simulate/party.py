"""The parties of a simulated call: drivers whose wire is a script."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from switchroom.media.api import Stream, StreamPlan
from switchroom.pbx.channel import Channel, Progress
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.technology import Indication
from switchroom.tools.simulate.media import Hearing, SimulatedStream
from switchroom.tools.simulate.outcome import Outcome, OutcomeKind
from switchroom.tools.simulate.recognition import Ear
from switchroom.tools.simulate.script import Step, act, wildcard
from switchroom.tools.simulate.sounds import prompt_text
from switchroom.tools.simulate.trace import DigitSent, Heard, Keyed, Signalled

if TYPE_CHECKING:
    from switchroom.tools.simulate.simulation import Simulation

_TOLD = {
    Indication.RINGING: "ringing",
    Indication.PROCEEDING: "proceeding",
    Indication.PROGRESS: "progress",
    Indication.BUSY: "busy",
    Indication.CONGESTION: "congestion",
}


class SimulatedParty:
    """The driver of a channel whose party is simulated; what happens goes into the trace.

    Args:
        simulation: Whose trace, and whose prompts.
    """

    channel: Channel

    def __init__(self, simulation: Simulation) -> None:
        self.simulation = simulation
        self.heard: list[Heard] = []
        self.waited_for = 0  #: so many of :attr:`heard` were waited for already
        self.is_gone = False
        self.hung_up = False  #: the party itself did
        self._stream: SimulatedStream | None = None
        self._script: asyncio.Task[None] | None = None

    # what a channel driver does

    async def answer(self) -> None:
        """The call is accepted."""
        self._note("answered")

    async def indicate(self, indication: Indication) -> None:
        """The party is told."""
        self._note(_TOLD[indication])

    async def dial(self) -> None:
        """Begin to act; callers do that by themselves."""

    async def open_stream(self) -> Stream:
        """A stream that the party hears."""
        engine = self.channel.pbx.engine
        plan = StreamPlan("PCMU", 0, telephone_event=101)
        opened = await engine.open_stream("127.0.0.1", plan, self.channel.on_media_event)
        stream = self._stream = cast("SimulatedStream", opened)
        stream.on_hearing = self._hear
        stream.on_digit_heard = self._hear_digit
        return stream

    async def send_digit(self, digit: str, *, duration: float) -> None:
        """A digit to the party."""
        (await self.channel.stream()).send_digit(digit, duration=duration)

    def hangup(self, cause: HangupCause) -> None:
        """The call is over."""
        self.is_gone = True
        if self._script is not None:
            self._script.cancel()

    # what the party does

    def begin(self, steps: tuple[Step, ...]) -> None:
        """Act a script out until its end, or that of the call."""
        if steps:
            self._script = self.channel.pbx.spawn(act(self, steps), name=self.channel.name)

    def key(self, digit: str) -> None:
        """Press a key; without audio nobody hears it."""
        is_lost = self._stream is None or self._stream.closed
        self.simulation.note(Keyed, self.channel.name, digit=digit, lost=is_lost)
        if self._stream is not None and not is_lost:
            self._stream.key(digit)

    def talk(self, seconds: float) -> None:
        """Talk."""
        self._note(f"talks for {seconds:g} s")
        if self._stream is not None:
            self._stream.talk(seconds)

    def say(self, words: str, seconds: float) -> None:
        """Say something; where no speech recognition listens it is only talk."""
        is_heard = self.channel.datastore(Ear).hear(words, seconds)
        self._note(f"says {words}" if is_heard else f"says {words}, which nobody listens to")
        if self._stream is not None:
            self._stream.talk(seconds)

    def hang_up(self) -> None:
        """Hang up."""
        if not self.channel.is_hung_up:
            self.hung_up = True
            self._note("hangs up")
            self.channel.hangup(HangupCause.NORMAL_CLEARING)

    async def hear(self, prompt: str) -> None:
        """Wait until a prompt begins that was not waited for before."""
        await self.simulation.trace.until(lambda: self.next_heard(prompt) is not None)

    def next_heard(self, prompt: str) -> Heard | None:
        """The next prompt of that name that was not waited for yet; those before it are passed."""
        fits = wildcard(prompt)
        for position in range(self.waited_for, len(self.heard)):
            if fits(self.heard[position].hearing.sound):
                self.waited_for = position + 1
                return self.heard[position]
        return None

    # what the party hears

    def _hear(self, hearing: Hearing) -> None:
        text = prompt_text(hearing.sound, self.channel.language)
        name = self.channel.name
        self.heard.append(self.simulation.note(Heard, name, hearing=hearing, text=text))

    def _hear_digit(self, digit: str) -> None:
        self.simulation.note(DigitSent, self.channel.name, digit=digit)

    def _note(self, what: str) -> None:
        self.simulation.note(Signalled, self.channel.name, what=what)


class Caller(SimulatedParty):
    """Who calls in."""


class Callee(SimulatedParty):
    """Who is called, and behaves as scripted.

    Args:
        simulation: Whose trace, and whose prompts.
        outcome: How it behaves.
    """

    def __init__(self, simulation: Simulation, outcome: Outcome) -> None:
        super().__init__(simulation)
        self.outcome = outcome

    async def dial(self) -> None:
        """The phone gets the call."""
        self._script = self.channel.pbx.spawn(self._behave(), name=self.channel.name)

    async def _behave(self) -> None:
        channel, outcome = self.channel, self.outcome
        if outcome.rings_for > 0:
            self._note("rings")
            channel.on_progress(Progress.RINGING)
            await asyncio.sleep(min(outcome.rings_for, 1e9))
        match outcome.kind:
            case OutcomeKind.ANSWER:
                await self._converse()
            case OutcomeKind.BUSY:
                self._refuse("is busy", Progress.BUSY)
            case OutcomeKind.CONGESTION:
                self._refuse("is congested", Progress.CONGESTION)
            case _:
                self._refuse(f"refuses with cause {int(outcome.cause)}", None)

    def _refuse(self, what: str, progress: Progress | None) -> None:
        self._note(what)
        if progress is not None:
            self.channel.on_progress(progress, self.outcome.cause)
        self.channel.hangup(self.outcome.cause)

    async def _converse(self) -> None:
        self._note("answers")
        self.channel.on_progress(Progress.ANSWERED)
        talk = self.outcome.talk
        try:
            async with asyncio.timeout(talk):
                await act(self, self.outcome.steps)
                if talk is not None:
                    await asyncio.Event().wait()
        except TimeoutError:
            self.hang_up()
