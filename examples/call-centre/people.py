"""The people of the example: agents at their phones, and callers; all in this process.

They use the phone of Switchroom (``switchroom phone``), one SIP socket each, over the network.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from switchroom.media.api import MediaEngine
from switchroom.sip.events import EndReason
from switchroom.tools.phone.agent import UserAgent
from switchroom.tools.phone.call import Call
from switchroom.tools.phone.identity import identity_of_uri
from switchroom.tools.phone.outcome import ExitCode
from switchroom.tools.phone.phone import address_of
from switchroom.tools.phone.report import Report
from switchroom.tools.phone.settings import Greeting, Incoming, PhoneSettings

#: What the first digit of a number means, and the part of the callers that dials it.
NUMBERS = {"1": 0.40, "2": 0.32, "3": 0.20, "4": 0.08}


@dataclass(frozen=True, slots=True)
class Habits:
    """How people are; seconds. A minute of a real centre is a second here."""

    talk: float = 3.0  #: mean; who has said all hangs up, agent or caller
    answer: float = 0.6  #: mean time until an agent answers
    patience: float = 20.0  #: mean
    misses: float = 0.04  #: calls that an agent lets ring
    greeting: float = 0.5  #: who has answered says hello at least

    def draw_patience(self, chance: random.Random) -> float:
        """How long a caller waits; nobody calls to hang up at once."""
        return 1.0 + chance.expovariate(1 / (self.patience - 1.0))

    def draw_talk(self, chance: random.Random) -> float:
        """How long one of the two has something to say."""
        return self.greeting + chance.expovariate(1 / (self.talk - self.greeting))


@dataclass(slots=True)
class Caller:
    """What became of one caller."""

    number: str
    outcome: str = ""  #: ``answered``, ``gave up`` or ``refused``
    status: int = 0


@dataclass(slots=True)
class AgentCounts:
    """What one agent's phone saw."""

    answered: int = 0
    missed: int = 0
    too_many: int = 0  #: calls that came during another one
    at_once: int = 0


class CountingReport(Report):
    """Prints nothing, and counts calls that were refused because there was one already."""

    def __init__(self, counts: AgentCounts) -> None:
        super().__init__(io.StringIO())
        self._counts = counts

    def tell(self, event: str, text: str, **facts: object) -> None:
        """See :class:`~switchroom.tools.phone.report.Report`."""
        if event == "refused-incoming":
            self._counts.too_many += 1


def settings_of(name: str, server: str, secret: str, *, answers: bool) -> PhoneSettings:
    """Of a phone at the server."""
    return PhoneSettings(
        identity=identity_of_uri(f"sip:{name}@{server}", password=secret),
        incoming=Incoming(Greeting.ANSWER, further=True) if answers else None,
    )


@dataclass(slots=True)
class Centre:
    """Everybody.

    Args:
        server: Host and port of SIP.
        secret: The password of all of them.
        make_engine: Makes the media engine that they share.
        seed: Of chance.
    """

    server: str
    secret: str
    make_engine: Callable[[], MediaEngine]
    habits: Habits = Habits()
    seed: int = 1
    agents: dict[str, AgentCounts] = field(default_factory=dict)
    callers: list[Caller] = field(default_factory=list)

    async def run(self, *, agents: int, calls: int, rate: float) -> None:
        """Let agents come, callers call, and agents go when nobody calls any more.

        Args:
            agents: How many of the hundred seats are taken.
            calls: How many call.
            rate: Calls a second, on average.

        Raises:
            RuntimeError: A phone could not register.
        """
        names = [f"agent{101 + number}" for number in range(agents)]
        self.agents = {name: AgentCounts() for name in names}
        is_here: list[asyncio.Event] = [asyncio.Event() for _ in names]
        async with asyncio.TaskGroup() as shift:
            tasks = [
                shift.create_task(self._work(name, here))
                for name, here in zip(names, is_here, strict=True)
            ]
            for here in is_here:
                await here.wait()
            await self._call(calls, rate)
            for task in tasks:
                task.cancel()

    # agents

    async def _work(self, name: str, is_here: asyncio.Event) -> None:
        """One agent: answer, talk, hang up, and be there for the next call."""
        counts, chance = self.agents[name], random.Random(f"{self.seed} {name}")
        settings = settings_of(name, self.server, self.secret, answers=True)
        async with UserAgent(settings, self.make_engine, CountingReport(counts)) as phone:
            if await phone.register() is not ExitCode.DONE:
                raise RuntimeError(f"{name} could not register")
            await phone.listen()
            is_here.set()
            while True:
                call = await asyncio.shield(phone.incoming)
                await self._serve(call, counts, chance)
                await phone.be_ready_again()

    async def _serve(self, call: Call, counts: AgentCounts, chance: random.Random) -> None:
        habits = self.habits
        call.ring()
        if chance.random() < habits.misses:
            counts.missed += 1
        elif not await _ends_within(call, chance.expovariate(1 / habits.answer)):
            await call.answer()
            if await asyncio.shield(call.answered):
                counts.answered += 1
                await _ends_within(call, habits.draw_talk(chance))
                call.hang_up()
        await asyncio.shield(call.ended)

    # callers

    async def _call(self, calls: int, rate: float) -> None:
        chance = random.Random(self.seed)
        settings = settings_of("carrier", self.server, self.secret, answers=False)
        silent = Report(io.StringIO())
        async with (
            UserAgent(settings, self.make_engine, silent) as trunk,
            asyncio.TaskGroup() as people,
        ):
            for number in range(calls):
                await asyncio.sleep(chance.expovariate(rate))
                digit = chance.choices([*NUMBERS], weights=[*NUMBERS.values()])[0]
                caller = Caller(f"{digit}{number:04}")
                self.callers.append(caller)
                people.create_task(self._be(caller, trunk, random.Random(chance.random())))

    async def _be(self, caller: Caller, trunk: UserAgent, chance: random.Random) -> None:
        habits = self.habits
        call = await trunk.dial(address_of(caller.number, trunk.settings.identity.server))
        try:
            async with asyncio.timeout(habits.draw_patience(chance)):
                await asyncio.shield(call.answered)
        except TimeoutError:
            call.hang_up()
        if await asyncio.shield(call.answered):
            caller.outcome = "answered"
            await _ends_within(call, habits.draw_talk(chance))
            call.hang_up()
        ended = await asyncio.shield(call.ended)
        if not caller.outcome:
            is_ours = ended.reason is EndReason.LOCAL or ended.session.wants_cancel
            caller.outcome = "gave up" if is_ours else "refused"
            caller.status = ended.status
        await trunk.forget(call)


async def _ends_within(call: Call, seconds: float) -> bool:
    """Whether the other side hangs up before."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.shield(call.ended)
    return call.ended.done()
