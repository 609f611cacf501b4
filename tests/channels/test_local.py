import asyncio
from collections.abc import Awaitable, Callable, Mapping

import pytest

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.bridging.bridge import bridge
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.dialing import Dialing, DialOutcome, DialStatus
from switchroom.pbx.events import NewExtension
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.originate import Origination, RunApplication, RunDialplan, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Indication
from tests.support.fakes import NoDialplan, fake_stream, make_channel, make_pbx, run_virtual

Step = Callable[[Channel], Awaitable[None]]


class ScriptedDialplan(NoDialplan):
    """A dialplan of Python coroutines, one for each extension."""

    def __init__(self, **extensions: Step) -> None:
        super().__init__()
        self.extensions: Mapping[str, Step] = extensions
        self.executed: list[tuple[str, str, str]] = []

    async def run(self, channel: Channel) -> None:
        task = asyncio.current_task()
        assert task is not None
        channel.run_in(task)
        try:
            await self.extensions[channel.extension](channel)
        except asyncio.CancelledError:
            if not channel.is_hung_up:
                raise
            task.uncancel()
        finally:
            channel.leave_task()

    async def execute(self, channel: Channel, application: str, data: str) -> None:
        self.executed.append((channel.name, application, data))
        await channel.sleep(1)

    def has_extension(self, context: str, extension: str, caller: str = "") -> bool:
        return extension in self.extensions


async def answers(channel: Channel) -> None:
    await channel.indicate(Indication.RINGING)
    await channel.sleep(1)
    await channel.answer()
    await channel.sleep(10)


async def is_busy(channel: Channel) -> None:
    await channel.indicate(Indication.BUSY)
    await channel.sleep(1)


async def is_congested(channel: Channel) -> None:
    await channel.indicate(Indication.CONGESTION)
    await channel.sleep(1)


async def rings_on(channel: Channel) -> None:
    await channel.indicate(Indication.RINGING)
    await channel.sleep(100)


async def refuses(channel: Channel) -> None:
    channel.hangup(HangupCause.UNALLOCATED)


PLAN = ScriptedDialplan(
    answers=answers, busy=is_busy, congested=is_congested, rings=rings_on, refuses=refuses
)


def local_pbx(plan: ScriptedDialplan) -> Pbx:
    return make_pbx(plan, technologies={"LOCAL": LocalTechnology()})


@pytest.mark.parametrize(
    ("targets", "status", "cause", "seconds"),
    [
        (["answers"], DialStatus.ANSWER, 0, 1.0),
        (["busy"], DialStatus.BUSY, 0, 0.0),
        (["congested"], DialStatus.CONGESTION, 0, 0.0),
        (["rings"], DialStatus.NOANSWER, 0, 5.0),
        (["refuses"], DialStatus.CHANUNAVAIL, 1, 0.0),
        (["nobody"], DialStatus.CHANUNAVAIL, 0, 0.0),
        (["busy", "answers", "rings"], DialStatus.ANSWER, 0, 1.0),
        (["busy", "nobody"], DialStatus.BUSY, 0, 0.0),
    ],
)
def test_dial(targets: list[str], status: DialStatus, cause: int, seconds: float) -> None:
    async def main() -> DialOutcome:
        loop = asyncio.get_running_loop()
        async with local_pbx(PLAN) as pbx:
            caller = make_channel(pbx)
            channels = [await pbx.request(f"Local/{t}@ctx", caller) for t in targets]
            outcome = await Dialing(caller).run(channels, within=5.0)
            assert loop.time() == seconds
            left = {name for name in pbx.channels if name.endswith(";1")}
            assert left == ({outcome.answered.name} if outcome.answered else set())
            return outcome

    outcome = run_virtual(main())
    assert (outcome.status, int(outcome.cause)) == (status, cause)


def test_names_variables_and_caller_travel_to_the_other_half() -> None:
    async def main() -> None:
        seen: dict[str, object] = {}

        async def look(channel: Channel) -> None:
            seen.update(
                name=channel.name,
                variables=dict(channel.variables),
                number=channel.caller.number,
                state=channel.state,
                linked=channel.linked_id,
            )

        async with local_pbx(ScriptedDialplan(look=look)) as pbx:
            caller = make_channel(pbx)
            caller.caller = CallerId(number="100")
            caller.set_variable("_one", "1")
            near = await pbx.request("Local/look@ctx/n", caller)
            near.caller = caller.caller
            near.inherit_variables(caller)
            await Dialing(caller).run([near], within=1.0)
            assert seen == {
                "name": "Local/look@ctx-00000000;2",
                "variables": {"one": "1"},
                "number": "100",
                "state": ChannelState.RING,
                "linked": caller.unique_id,
            }

    run_virtual(main())


def test_a_bridge_passes_digits_and_ends_with_either_side() -> None:
    async def main() -> None:
        got: list[str | None] = []

        async def reads(channel: Channel) -> None:
            await channel.answer()
            got.append(await channel.read_digit(5.0))
            await channel.sleep(1)

        async with local_pbx(ScriptedDialplan(reads=reads)) as pbx:
            caller = make_channel(pbx)
            near = await pbx.request("Local/reads@ctx", caller)
            outcome = await Dialing(caller).run([near], within=5.0)
            assert outcome.answered is near
            loop = asyncio.get_running_loop()
            await caller.stream()
            loop.call_later(2, lambda: fake_stream(caller).key("7"))
            await bridge(caller, near)
            assert loop.time() == 3.0
            assert got == ["7"]
            assert near.is_finished
            caller.hangup()
            assert pbx.channels == {}

    run_virtual(main())


def test_cancelling_a_dial_hangs_up_what_rings() -> None:
    async def main() -> None:
        async with local_pbx(PLAN) as pbx:
            caller = make_channel(pbx)
            near = await pbx.request("Local/rings@ctx", caller)
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(2):
                    await Dialing(caller).run([near], within=None)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert list(pbx.channels) == [caller.name]

    run_virtual(main())


def test_originate_an_application() -> None:
    async def main() -> None:
        plan = ScriptedDialplan(answers=answers)
        async with local_pbx(plan) as pbx:
            positions: list[tuple[str, str]] = []
            pbx.events.subscribe(
                NewExtension, lambda e: positions.append((e.channel[-2:], e.application))
            )
            what = Origination("Local/answers@ctx", RunApplication("Wait", "1"))
            outcome = await originate(pbx, what)
            assert outcome.status is DialStatus.ANSWER
            await asyncio.sleep(1.5)
            assert plan.executed == [("Local/answers@ctx-00000000;1", "Wait", "1")]
            assert positions == [(";1", "AppDial2")]
            assert pbx.channels == {}

    run_virtual(main())


def test_originate_an_extension_and_a_failure() -> None:
    async def main() -> None:
        places: list[str] = []

        async def second(channel: Channel) -> None:
            places.append(f"{channel.name} {channel.extension}@{channel.context}")

        async with local_pbx(ScriptedDialplan(answers=answers, second=second)) as pbx:
            then = RunDialplan("other", "second")
            failed = await originate(pbx, Origination("Local/nobody@ctx", then))
            assert failed.status is DialStatus.CHANUNAVAIL
            unknown = await originate(pbx, Origination("NoTech/x", then))
            assert unknown.cause is HangupCause.CHAN_NOT_IMPLEMENTED
            await originate(pbx, Origination("Local/answers@ctx", then))
            await asyncio.sleep(0.1)
            assert places == ["Local/answers@ctx-00000001;1 second@other"]
            assert pbx.channels == {}

    run_virtual(main())
