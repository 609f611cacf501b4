"""AgentLogin() and AgentRequest(): agents at phones of their own, in virtual time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from switchroom.channels.agent import CONTEXT, AgentTechnology
from switchroom.channels.local import LocalTechnology
from switchroom.config.agents import read_agents
from switchroom.config.language.reader import parse_config
from switchroom.config.queues.queues import read_queues
from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.music.classes import MusicStarted, MusicStopped
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.recordings.calls import CallRecordings
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state
from switchroom.pbx.technology import Technology
from switchroom.queues.agents import Agents, AgentState
from switchroom.queues.desk import Desks
from switchroom.queues.log import QueueLog
from tests.support.dialplan import make_interpreter
from tests.support.fakes import FakeSounds, fake_stream, make_channel, make_pbx, run_virtual
from tests.support.phones import hears

AGENTS = """\
[quick](!)
fullname=Somebody
[1001](quick)
fullname=Alice
[1002](quick)
ackcall=yes
acceptdtmf=5
autologoff=10
custom_beep=ding
[1003](quick)
wrapuptime=20000
recordagentcalls=yes
[agents]
ackcall=no
agent => 2001,4321,Old Bob
"""
DIALPLAN = """\
[phones]
exten => _desk.,1,AgentLogin(${EXTEN:4},s)
 same => n,Set(GLOBAL(STATUS)=${AGENT_STATUS})
exten => said1001,1,AgentLogin(1001)
exten => asks,1,AgentLogin()
 same => n,Set(GLOBAL(STATUS)=${AGENT_STATUS})
exten => _call.,1,AgentRequest(${EXTEN:4})
 same => n,Set(GLOBAL(STATUS)=${AGENT_STATUS}over)
exten => queue,1,Queue(q)
exten => asks1001,1,Set(GLOBAL(STATUS)=${AGENT(1001)}|${AGENT(1001:name)}|${AGENT(1001:mohclass)}|${AGENT(1001:channel)})
[agents]
exten => _X.,1,AgentRequest(${EXTEN})
"""


class House:
    """A core with agents, a queue of them, and phones."""

    def __init__(self, pbx: Pbx) -> None:
        self.pbx = pbx
        self.agents = pbx.datastore(Agents)
        self.log: list[tuple[str, ...]] = []
        self.devices: list[tuple[str, str]] = []
        pbx.datastore(QueueLog).sinks.append(lambda *line: self.log.append(line[2:]))
        pbx.events.subscribe(
            DeviceStateChanged, lambda e: self.devices.append((e.device, str(e.state)))
        )

    async def dials(self, extension: str, *, seconds: float = 3.0, name: str = "") -> Channel:
        number = self.pbx.next_sequence("test")
        name = f"PJSIP/{name or 'phone'}-{number:08x}"
        channel = make_channel(self.pbx, name=name, context="phones", extension=extension)
        self.pbx.start(channel)
        await asyncio.sleep(seconds)
        return channel

    @property
    def status(self) -> str:
        return self.pbx.global_variables.get("STATUS", "")

    def state(self, agent: str) -> AgentState:
        return self.agents[agent].state


def play(
    story: Callable[[House], Awaitable[None]], queue: str = "", sounds: FakeSounds | None = None
) -> None:
    async def main() -> None:
        technologies: dict[str, Technology] = {
            "LOCAL": LocalTechnology(),
            "AGENT": AgentTechnology(),
        }
        interpreter = make_interpreter(DIALPLAN)
        loop = asyncio.get_running_loop()
        async with make_pbx(
            interpreter, technologies=technologies, sounds=sounds, now=lambda: 1e9 + loop.time()
        ) as pbx:
            config = read_agents(parse_config(AGENTS))
            pbx.datastore(Agents).use(pbx, config)
            added = [AddedExtension(CONTEXT, name, "AgentRequest", name) for name in config.agents]
            pbx.dialplan.add_extensions("agents", added)
            pbx.datastore(Desks).use(pbx, read_queues(parse_config(f"[q]\n{queue}")), {})
            house = House(pbx)
            await story(house)
            for channel in list(pbx.channels.values()):
                channel.hangup()
            await asyncio.sleep(60)
            assert not pbx.channels
            assert not any(agent.is_logged_in for agent in house.agents.values())
            assert not any(agent.summons for agent in house.agents.values())
            assert not len(pbx.datastore(Desks)["q"].queue.claims)

    run_virtual(main())


def test_calls_come_to_an_agent_one_after_the_other() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1001", name="phone7")
        assert device_state(house.pbx, "Agent:1001") is DeviceState.NOT_INUSE
        for _ in range(2):
            caller = await house.dials("call1001")
            assert caller.state is ChannelState.UP
            assert hears(phone, caller)
            assert house.state("1001") is AgentState.TALKING
            assert house.agents["1001"].talks_to == caller.name
            assert (await house.dials("call1001")).is_finished
            assert house.status == "BUSYover"
            caller.hangup()
            await asyncio.sleep(1)
            assert house.state("1001") is AgentState.READY
            assert not phone.is_hung_up
        await house.dials("asks1001")
        assert house.status == "LOGGEDIN|Alice|default|PJSIP/phone7"
        phone.hangup()
        await asyncio.sleep(1)
        assert house.log == [
            ("1001", "AGENTLOGIN", phone.name), ("1001", "AGENTLOGOFF", phone.name, "20"),
        ]  # fmt: skip
        states = ["INUSE", "NOT_INUSE"] * 3 + ["UNAVAILABLE"]
        assert [state for device, state in house.devices if device == "Agent:1001"] == states

    play(story)


def test_what_an_agent_hears() -> None:
    async def story(house: House) -> None:
        heard: list[str] = []
        events = house.pbx.events
        events.subscribe(MusicStarted, lambda _: heard.append("music"))
        events.subscribe(MusicStopped, lambda _: heard.append("no music"))
        phone = await house.dials("said1001")
        await house.dials("call1001")
        stream = fake_stream(phone)
        assert heard == ["music", "no music"]
        assert stream.played == ["agent-loginok", "beep"]

    play(story)


@pytest.mark.parametrize(
    ("extension", "status"),
    [
        ("desknobody", "INVALID"), ("desk1001", "ALREADY_LOGGED_IN"), ("callnobody", "INVALIDover"),
        ("call1003", "NOT_LOGGED_INover"), ("asks1001", "LOGGEDIN|Alice|default|PJSIP/phone"),
    ],
)  # fmt: skip
def test_what_status_is_told(extension: str, status: str) -> None:
    async def story(house: House) -> None:
        await house.dials("desk1001")
        await house.dials(extension)
        assert house.status == status

    play(story)


def test_a_call_waits_until_the_agent_keys_that_it_is_there() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1002")
        caller = await house.dials("call1002")
        assert caller.state is ChannelState.RINGING
        assert house.state("1002") is AgentState.SUMMONED
        phone.on_digit("1")
        await asyncio.sleep(1)
        assert caller.state is ChannelState.RINGING
        phone.on_digit("5")
        await asyncio.sleep(1)
        assert hears(phone, caller)
        phone.hangup()
        await asyncio.sleep(1)
        assert caller.is_finished
        assert house.status == "over"

    play(story)


def test_an_agent_who_does_not_key_it_is_logged_off() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1002")
        await house.dials("call1002", seconds=15)
        assert phone.is_finished
        assert not house.agents["1002"].is_logged_in
        assert house.status == "NOT_CONNECTEDover"
        states = [state for device, state in house.devices if device == "Agent:1002"]
        assert states == ["INUSE", "NOT_INUSE", "INUSE", "UNAVAILABLE"]

    play(story)


def test_a_caller_who_goes_before_leaves_the_agent_free() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1002")
        caller = await house.dials("call1002", seconds=0.5)
        caller.hangup()
        await asyncio.sleep(0.1)
        assert house.state("1002") is AgentState.READY
        caller = await house.dials("call1002", seconds=5)
        caller.hangup()
        await asyncio.sleep(0.1)
        assert house.state("1002") is AgentState.READY
        caller = await house.dials("call1002")
        phone.on_digit("5")
        await asyncio.sleep(1)
        assert hears(phone, caller)

    play(story, sounds=FakeSounds({"ding": 2.0}))


def test_an_agent_who_hangs_up_instead_of_taking_the_call() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1002")
        caller = await house.dials("call1002")
        phone.hangup()
        await asyncio.sleep(1)
        assert caller.is_finished
        assert house.status == "NOT_CONNECTEDover"

    play(story)


def test_wrap_up_and_recording(tmp_path: Path) -> None:
    async def story(house: House) -> None:
        await house.dials("desk1003")
        caller = await house.dials("call1003")
        assert caller.datastore(CallRecordings).running
        caller.hangup()
        await asyncio.sleep(19)
        assert house.state("1003") is AgentState.WRAPPING_UP
        assert device_state(house.pbx, "Agent:1003") is DeviceState.INUSE
        await house.dials("call1003", seconds=0.5)
        assert house.status == "BUSYover"
        await asyncio.sleep(1)
        assert hears(await house.dials("call1003"), house.agents["1003"].channel or caller)

    play(story)


def test_logging_off_by_others() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1001")
        caller = await house.dials("call1001")
        house.agents["1001"].send_off(softly=True)
        await asyncio.sleep(1)
        assert hears(phone, caller)
        assert device_state(house.pbx, "Agent:1001") is DeviceState.UNAVAILABLE
        caller.hangup()
        await asyncio.sleep(1)
        assert phone.is_finished
        phone = await house.dials("desk1001")
        house.agents["1001"].send_off(softly=True)
        await asyncio.sleep(1)
        assert phone.is_finished
        await house.dials("desk1001")
        caller = await house.dials("call1001")
        house.agents["1001"].send_off(softly=False)
        await asyncio.sleep(1)
        assert caller.is_finished

    play(story)


@pytest.mark.parametrize(
    "member", ["Local/1001@agents,0,Alice,Agent:1001", "Agent/1001,0,Alice", "agent/1001"]
)
def test_a_queue_of_agents(member: str) -> None:
    async def story(house: House) -> None:
        caller = await house.dials("queue")
        phone = await house.dials("desk1001", seconds=5)
        assert hears(phone, caller)
        second = await house.dials("queue")
        caller.hangup()
        await asyncio.sleep(5)
        assert hears(phone, second)
        phone.hangup()
        await asyncio.sleep(5)
        assert second.is_finished
        events = [line[1] for line in house.log]
        assert events == [
            "ENTERQUEUE", "AGENTLOGIN", "CONNECT", "ENTERQUEUE", "COMPLETECALLER", "CONNECT",
            "COMPLETEAGENT", "AGENTLOGOFF",
        ]  # fmt: skip

    play(story, f"retry=1\nringinuse=no\nmember => {member}\n")


@pytest.mark.parametrize(("keys", "status"), [("2001#4321#", ""), ("2001#1#2#3#", "INVALID")])
def test_agents_of_old_files_have_passwords(keys: str, status: str) -> None:
    async def story(house: House) -> None:
        phone = await house.dials("asks", seconds=0.5)
        for key in keys:
            phone.on_digit(key)
            await asyncio.sleep(1.2 if key == "#" else 0.2)
        await asyncio.sleep(2)
        assert house.status == status
        assert house.agents["2001"].is_logged_in is not bool(status)

    play(story)


def test_who_is_no_agent_any_more_goes_after_the_call() -> None:
    async def story(house: House) -> None:
        phone = await house.dials("desk1001")
        caller = await house.dials("call1001")
        house.agents.use(house.pbx, read_agents(parse_config("[1002]\n")))
        await asyncio.sleep(1)
        assert hears(phone, caller)
        assert device_state(house.pbx, "Agent:1001") is DeviceState.INVALID
        caller.hangup()
        await asyncio.sleep(1)
        assert phone.is_finished
        house.agents.use(house.pbx, read_agents(parse_config(AGENTS)))

    play(story)


async def be_agent(house: House, name: str, chance: random.Random) -> None:
    """Come, take some calls, be sent off or hang up at some moment, and come again."""
    for _ in range(6):
        await asyncio.sleep(chance.uniform(0, 5))
        phone = await house.dials(f"desk{name}", seconds=0)
        for _ in range(chance.randrange(8)):
            await asyncio.sleep(chance.uniform(0.05, 4))
            if chance.random() < 0.6:
                phone.on_digit("5")
            elif chance.random() < 0.2:
                house.agents[name].send_off(softly=chance.random() < 0.5)
        phone.hangup()


async def be_caller(house: House, chance: random.Random) -> None:
    """Call agents, by a queue and without, and hang up at some moment."""
    for _ in range(10):
        number = chance.choice(["call1001", "call1002", "call1003", "queue"])
        channel = await house.dials(number, seconds=chance.uniform(0.02, 8))
        channel.hangup()
        await asyncio.sleep(chance.uniform(0, 2))


@pytest.mark.parametrize("seed", range(6))
def test_whoever_goes_at_whatever_moment_nobody_stays_busy(seed: int) -> None:
    chance = random.Random(seed)

    async def story(house: House) -> None:
        agents = [be_agent(house, name, chance) for name in ("1001", "1002", "1003")]
        await asyncio.gather(*agents, *(be_caller(house, chance) for _ in range(4)))
        await asyncio.sleep(60)
        assert not house.pbx.channels
        assert {each.state for each in house.agents.values()} == {AgentState.LOGGED_OFF}
        for _ in range(2):  # and they take calls again
            phone = await house.dials("desk1001", seconds=1)
            assert hears(phone, await house.dials("call1001"))
            phone.hangup()
            await asyncio.sleep(1)

    members = "".join(f"member => Local/{n}@agents,0,,Agent:{n}\n" for n in ("1001", "1003"))
    play(story, f"retry=1\ntimeout=5\nringinuse=no\n{members}")
