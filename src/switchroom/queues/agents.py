"""Agents: people who log in at any phone and stay on the line, to be given calls.

An agent's own task waits in AgentLogin(), a caller's in AgentRequest(); between them stands a
:class:`Summons`, which ends in one of two ways: accepted, or not. Only a ready agent gets one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from switchroom.config.agents import AgentsConfig, AgentSettings
from switchroom.pbx.bridging.bridge import Party, party_of
from switchroom.pbx.channel import Channel
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import (
    DeviceKinds,
    DeviceLists,
    DeviceState,
    DeviceStateChanged,
)
from switchroom.queues.log import NONE, QueueLog

KIND = "Agent"


class AgentState(Enum):
    """What an agent does."""

    LOGGED_OFF = auto()
    ARRIVING = auto()  #: hears that it is logged in
    READY = auto()
    SUMMONED = auto()  #: a call is there, and waits for the agent
    TALKING = auto()
    WRAPPING_UP = auto()


_DEVICE_STATES = {
    AgentState.LOGGED_OFF: DeviceState.UNAVAILABLE,
    AgentState.READY: DeviceState.NOT_INUSE,
}


@dataclass(frozen=True, slots=True)
class AgentLoggedIn:
    """An agent is at a phone (AMI: AgentLogin)."""

    agent: Agent
    channel: Channel


@dataclass(frozen=True, slots=True)
class AgentLoggedOff:
    """It is there no more (AMI: AgentLogoff)."""

    agent: Agent
    channel: Channel
    seconds: int  #: it was


class Summons:
    """A caller that wants an agent.

    Args:
        caller: Its channel.
    """

    def __init__(self, caller: Channel) -> None:
        self.caller = caller
        loop = asyncio.get_running_loop()
        #: The agent's party, to be bridged with; None: it does not come.
        self.outcome: asyncio.Future[Party | None] = loop.create_future()
        self.withdrawn: asyncio.Future[None] = loop.create_future()

    def settle(self, party: Party | None) -> None:
        """The agent comes, or does not; the first answer counts."""
        if not self.outcome.done():
            self.outcome.set_result(party)

    def withdraw(self) -> None:
        """The caller waits no more."""
        if not self.withdrawn.done():
            self.withdrawn.set_result(None)


class Agent:
    """One agent.

    Args:
        pbx: The core.
        settings: Of it.
    """

    def __init__(self, pbx: Pbx, settings: AgentSettings) -> None:
        self._pbx = pbx
        self.settings = settings
        self.state = AgentState.LOGGED_OFF
        self.channel: Channel | None = None  #: where it is logged in
        self.logged_in_at = 0.0  #: by the wall clock
        self.call_began_at = 0.0
        self.is_leaving = False  #: it logs off as soon as it is free
        self.summons: Summons | None = None
        self._bell: asyncio.Future[None] | None = None
        self._wrap_up: asyncio.TimerHandle | None = None

    @property
    def is_logged_in(self) -> bool:
        """Whether it is at a phone."""
        return self.channel is not None

    @property
    def is_busy(self) -> bool:
        """Whether it has a call, or wraps one up."""
        return self.is_logged_in and self.device_state is DeviceState.INUSE

    @property
    def talks_to(self) -> str:
        """The channel at the other end, by name."""
        party = party_of(self.channel) if self.channel is not None else None
        if party is not None and party.peer is not None:
            return party.peer.channel.name
        return self.summons.caller.name if self.summons is not None else ""

    @property
    def device_state(self) -> DeviceState:
        """Of ``Agent:ID``."""
        if self.is_leaving:
            return DeviceState.UNAVAILABLE
        return _DEVICE_STATES.get(self.state, DeviceState.INUSE)

    # at its phone

    def log_in(self, channel: Channel) -> bool:
        """Be at a phone; False where it is at one already."""
        if self.channel is not None:
            return False
        self.channel = channel
        self.logged_in_at = self._pbx.now()
        self.is_leaving = False
        log = self._pbx.datastore(QueueLog)
        log.write(channel.unique_id, NONE, self.settings.id, "AGENTLOGIN", channel.name)
        if self._pbx.events.wants(AgentLoggedIn):
            self._pbx.events.publish(AgentLoggedIn(self, channel))
        self._go(AgentState.ARRIVING)
        return True

    def log_off(self) -> None:
        """Be at it no more; a call that waits for the agent is told."""
        channel, self.channel = self.channel, None
        if channel is None:
            return
        if self._wrap_up is not None:
            self._wrap_up.cancel()
            self._wrap_up = None
        if self.summons is not None:
            self.summons.settle(None)
            self.summons = None
        seconds = int(self._pbx.now() - self.logged_in_at)
        log = self._pbx.datastore(QueueLog)
        log.write(channel.unique_id, NONE, self.settings.id, "AGENTLOGOFF", channel.name, seconds)
        if self._pbx.events.wants(AgentLoggedOff):
            self._pbx.events.publish(AgentLoggedOff(self, channel, seconds))
        self._go(AgentState.LOGGED_OFF)

    async def next_summons(self) -> Summons | None:
        """Wait for a call; None where the agent is to log off."""
        if self.state is not AgentState.WRAPPING_UP:
            self._go(AgentState.READY)
        if not self.is_leaving:
            self._bell = asyncio.get_running_loop().create_future()
            try:
                await self._bell
            finally:
                self._bell = None
        return self.summons

    def talk(self) -> None:
        """It is with the caller now."""
        self.call_began_at = self._pbx.now()
        self._go(AgentState.TALKING)

    def be_free(self) -> None:
        """The call went without it."""
        self.summons = None
        self._go(AgentState.READY)

    def wrap_up(self, seconds: float) -> None:
        """The call is over; the agent gets none for a while."""
        self.summons = None
        if seconds <= 0:
            self._go(AgentState.READY)
            return
        self._go(AgentState.WRAPPING_UP)
        self._wrap_up = asyncio.get_running_loop().call_later(seconds, self._wrapped_up)

    def _wrapped_up(self) -> None:
        self._wrap_up = None
        self._go(AgentState.READY)

    # what others want of it

    def summon(self, caller: Channel) -> Summons | None:
        """Give it a call; None where it takes none now."""
        if self.state is not AgentState.READY or self._bell is None or self._bell.done():
            return None
        self.summons = Summons(caller)
        self._bell.set_result(None)
        self._go(AgentState.SUMMONED)
        return self.summons

    def send_off(self, *, softly: bool) -> None:
        """Log it off: at once, or when its call is over."""
        if self.channel is None:
            return
        if not softly:
            self.channel.hangup()
            return
        self.is_leaving = True
        self._tell()
        if self._bell is not None and not self._bell.done():
            self._bell.set_result(None)

    def _go(self, state: AgentState) -> None:
        before = self.device_state
        self.state = state
        if self.device_state is not before:
            self._tell()

    def _tell(self) -> None:
        if self._pbx.events.wants(DeviceStateChanged):
            device = f"{KIND}:{self.settings.id}"
            self._pbx.events.publish(DeviceStateChanged(device, self.device_state))


class Agents(dict[str, Agent]):
    """Those of a node, by id. A datastore of the core."""

    def __init__(self) -> None:
        super().__init__()
        self.config = AgentsConfig()
        self._has_begun = False

    def use(self, pbx: Pbx, config: AgentsConfig) -> None:
        """Go by this configuration; who is logged in and no agent any more goes after the call."""
        if not self._has_begun:
            self._has_begun = True
            pbx.datastore(DeviceKinds)[KIND.lower()] = self._device_state
            pbx.datastore(DeviceLists).append(self._devices)
        self.config = config
        for name in [name for name in self if name not in config.agents]:
            self.pop(name).send_off(softly=True)
        for name, settings in config.agents.items():
            if name in self:
                self[name].settings = settings
            else:
                self[name] = Agent(pbx, settings)

    def _device_state(self, name: str) -> DeviceState:
        agent = self.get(name)
        return agent.device_state if agent is not None else DeviceState.INVALID

    def _devices(self) -> Iterator[str]:
        return (f"{KIND}:{name}" for name in self)
