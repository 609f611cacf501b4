"""Being called back when somebody is free, in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from switchroom.pbx.call_completion import CallCompletions, CompletionParameters
from switchroom.pbx.channel import Channel
from switchroom.pbx.completion_events import CompletionEvent
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from tests.support.dialplan import make_interpreter, value_of
from tests.support.fakes import make_channel, make_pbx, run_virtual
from tests.support.phones import Phones, hears

CONF = """\
[default]
exten => 20,1,Dial(Phone/bob,5)
 same => n,Wait(1)
exten => 30,1,CallCompletionRequest()
 same => n,Set(GLOBAL(R)=${CC_REQUEST_RESULT} ${CC_REQUEST_REASON})
exten => 31,1,CallCompletionCancel()
 same => n,Set(GLOBAL(C)=${CC_CANCEL_RESULT} ${CC_CANCEL_REASON})
exten => 40,1,Dial(Phone/ann)
exten => 50,1,Dial(Phone/bob)
"""
GENERIC = CompletionParameters(agent_policy="generic", monitor_policy="generic")


async def call(pbx: Pbx, extension: str, name: str = "Phone/ann") -> Channel:
    number = pbx.next_sequence("Phone")
    channel = make_channel(pbx, name=f"{name}-{number:08x}", extension=extension)
    pbx.start(channel)
    await asyncio.sleep(0.5)
    return channel


def run(
    work: Callable[[Pbx, Phones, CallCompletions], Awaitable[None]],
    parameters: CompletionParameters = GENERIC,
) -> None:
    async def main() -> None:
        phones = Phones(bob=None, ann=1)
        async with make_pbx(make_interpreter(CONF), technologies={"PHONE": phones}) as pbx:
            completions = pbx.datastore(CallCompletions)
            completions.defaults = parameters
            await work(pbx, phones, completions)
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(30)
            for request in list(completions.requests):
                assert request.task is not None
                request.task.cancel()
            await asyncio.sleep(1)
            assert completions.requests == []

    run_virtual(main())


async def busy(pbx: Pbx, phones: Phones) -> None:
    """Ann calls bob, who talks to somebody else and is busy."""
    await call(pbx, "50", "Fake/other")
    phones["bob"].answers()
    await asyncio.sleep(1)
    caller = await call(pbx, "20")
    phones["bob"].refuses(HangupCause.USER_BUSY)
    await asyncio.sleep(2)
    caller.hangup()
    await asyncio.sleep(1)


def told_in(pbx: Pbx) -> list[tuple[str, ...]]:
    """What the bus is told of completions, from now on."""
    told: list[tuple[str, ...]] = []

    def hear(event: CompletionEvent) -> None:
        assert event.core == 1
        told.append((event.what, *(f"{name}={value}" for name, value in event.fields)))

    pbx.events.subscribe(CompletionEvent, hear)
    return told


OFFERED = [
    ("Available", "Callee=Phone/bob", "Service=CCBS"),
    ("OfferTimerStart", "Caller=Phone/ann", "Expires=20"),
]
REQUESTED = [
    ("Requested", "Caller=Phone/ann", "Callee=Phone/bob"),
    ("RequestAcknowledged", "Caller=Phone/ann"),
]


def test_each_step_is_told() -> None:
    async def work(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        told = told_in(pbx)
        await busy(pbx, phones)
        await call(pbx, "30")
        await call(pbx, "40", "Fake/third")
        await asyncio.sleep(2)
        next(p for p in phones.calls if "bob" in p.channel.name).hangs_up()
        await asyncio.sleep(5)
        phones["ann"].hangs_up()
        await asyncio.sleep(3)
        assert told == [
            *OFFERED,
            *REQUESTED,
            ("CallerStartMonitoring", "Caller=Phone/ann"),
            ("CallerStopMonitoring", "Caller=Phone/ann"),
            ("CallerRecalling", "Caller=Phone/ann"),
            ("RecallComplete", "Caller=Phone/ann"),
        ]

    run(work)


def test_failures_are_told() -> None:
    async def work(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        told = told_in(pbx)
        await busy(pbx, phones)
        await asyncio.sleep(30)
        assert told == [
            *OFFERED, ("Failure", "Caller=Phone/ann", "Reason=The offer to Phone/ann has expired"),
        ]  # fmt: skip

    async def in_vain(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        told = told_in(pbx)
        await busy(pbx, phones)
        await call(pbx, "30")
        await asyncio.sleep(5000)
        assert told == [
            *OFFERED,
            *REQUESTED,
            ("MonitorFailed", "Callee=Phone/bob"),
            ("Failure", "Caller=Phone/ann", "Reason=Nobody was free in time"),
        ]

    run(work)
    run(in_vain)


def test_who_was_busy_is_called_when_he_is_free() -> None:
    async def work(pbx: Pbx, phones: Phones, completions: CallCompletions) -> None:
        await busy(pbx, phones)
        await call(pbx, "30")
        assert pbx.global_variables["R"] == "SUCCESS "
        await asyncio.sleep(300)
        assert len(completions.requests) == 1
        talking = next(p for p in phones.calls if "bob" in p.channel.name)
        talking.hangs_up()
        await asyncio.sleep(2)
        ann = phones["ann"].channel
        assert ann.variables["CC_EXTEN"] == "20"
        assert ann.variables["CC_INTERFACES"] == "Phone/bob"
        phones["bob"].answers()
        await asyncio.sleep(1)
        assert hears(ann, phones["bob"].channel)
        assert completions.requests == []

    run(work)


def test_who_did_not_answer_must_have_used_his_phone_since() -> None:
    async def work(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        await call(pbx, "20")
        await asyncio.sleep(7)
        await call(pbx, "30")
        await asyncio.sleep(60)
        assert not [p for p in phones.calls if "ann" in p.channel.name]
        await call(pbx, "50", "Fake/other")
        phones["bob"].answers()
        await asyncio.sleep(5)
        phones["bob"].hangs_up()
        await asyncio.sleep(2)
        assert "dial" in phones["ann"].told

    run(work)


def test_the_callers_phone_must_be_free_too() -> None:
    async def work(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        await busy(pbx, phones)
        await call(pbx, "30")
        await call(pbx, "40", "Fake/third")
        await asyncio.sleep(2)
        next(p for p in phones.calls if "bob" in p.channel.name).hangs_up()
        await asyncio.sleep(5)
        assert sum("ann" in p.channel.name for p in phones.calls) == 1, "she talks"
        phones["ann"].hangs_up()
        await asyncio.sleep(1)
        assert sum("ann" in p.channel.name for p in phones.calls) == 2

    run(work)


def test_what_is_cancelled_is_not_completed() -> None:
    async def work(pbx: Pbx, phones: Phones, completions: CallCompletions) -> None:
        await busy(pbx, phones)
        await call(pbx, "30")
        await call(pbx, "31")
        assert pbx.global_variables["C"] == "SUCCESS "
        assert completions.requests == []
        await call(pbx, "31")
        assert pbx.global_variables["C"] == "FAIL NO_CORE_INSTANCE"

    run(work)


@pytest.mark.parametrize(
    ("parameters", "wait", "reason"),
    [
        (GENERIC, 25, "NO_CORE_INSTANCE"),
        (CompletionParameters(agent_policy="generic"), 0, "NO_CORE_INSTANCE"),
        (CompletionParameters(monitor_policy="generic"), 0, "NO_CORE_INSTANCE"),
        (CompletionParameters("native", "generic"), 0, "NOT_GENERIC"),
        (CompletionParameters("generic", "always", max_agents=0), 0, "TOO_MANY_REQUESTS"),
    ],
)
def test_requests_that_fail(parameters: CompletionParameters, wait: int, reason: str) -> None:
    async def work(pbx: Pbx, phones: Phones, _completions: CallCompletions) -> None:
        await busy(pbx, phones)
        await asyncio.sleep(wait)
        await call(pbx, "30")
        assert pbx.global_variables["R"] == f"FAIL {reason}"

    run(work, parameters)


def test_nobody_is_watched_for_ever() -> None:
    async def work(pbx: Pbx, phones: Phones, completions: CallCompletions) -> None:
        await busy(pbx, phones)
        await call(pbx, "30")
        await asyncio.sleep(4801)
        assert completions.requests == []

    run(work)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("Set(CALLCOMPLETION(cc_agent_policy)=generic)", "generic never 20"),
        ("Set(CALLCOMPLETION(cc_offer_timer)=7)", "never never 7"),
        ("Set(CALLCOMPLETION(cc_offer_timer)=soon)", "never never 20"),
        ("Set(CALLCOMPLETION(cc_nonsense)=7)", "never never 20"),
    ],
)
def test_parameters_of_a_channel(line: str, value: str) -> None:
    read = "${CALLCOMPLETION(cc_agent_policy)} ${CALLCOMPLETION(cc_monitor_policy)}"
    assert value_of(line, f"Set(R={read} ${{CALLCOMPLETION(cc_offer_timer)}})") == value
