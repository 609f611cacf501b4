"""Calling back when somebody who was busy, or did not answer, is free (CCSS).

A dial that fails *offers* completion for some seconds; whoever dialled may *request* it. From then
on the devices that were dialled are watched. When one is free, and the caller's phone is too, that
phone is called, and goes on at the extension that was dialled before.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import device_of
from switchroom.pbx.completion_events import CompletionEvent
from switchroom.pbx.dialing import DialStatus
from switchroom.pbx.events import ChannelHungUp, ChannelStateChanged
from switchroom.pbx.originate import Origination, RunDialplan, originate
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceState, DeviceStateChanged, device_state

logger = logging.getLogger(__name__)

GENERIC = "generic"
#: Of those that are dialled; ``native`` needs a protocol that completes calls by itself.
_WATCHED = frozenset({GENERIC, "always"})
_FREE = frozenset({DeviceState.NOT_INUSE, DeviceState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class CompletionParameters:
    """Of one channel; the names are those of the options, without ``cc_`` before some."""

    agent_policy: str = "never"  #: as who calls: ``never``, ``generic`` or ``native``
    monitor_policy: str = "never"  #: as who is called: also ``always``
    offer_timer: float = 20.0  #: seconds in which completion may be requested
    ccnr_available_timer: float = 7200.0  #: seconds that somebody who did not answer is watched
    ccbs_available_timer: float = 4800.0  #: likewise, of somebody who was busy
    recall_timer: float = 20.0  #: seconds that the caller's phone rings
    max_agents: int = 5  #: requests of one caller
    max_monitors: int = 5  #: requests for one that is called
    agent_dialstring: str = ""  #: what is called; empty: the caller's device
    callback_sub: str = ""  #: a routine for the channel that calls back


class ChannelCompletion:
    """What the dialplan, or a phone's configuration, says of one channel."""

    def __init__(self) -> None:
        self.parameters: CompletionParameters | None = None  #: None: those of the node


class CompletionReason(StrEnum):
    """Why a request fails; the values are those of ``CC_REQUEST_REASON``."""

    NO_CORE_INSTANCE = "NO_CORE_INSTANCE"
    NOT_GENERIC = "NOT_GENERIC"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    UNSPECIFIED = "UNSPECIFIED"


@dataclass(slots=True)
class Completion:
    """One that is offered, or requested."""

    agent: str  #: the caller's device
    devices: tuple[str, ...]  #: that were dialled
    context: str
    extension: str
    parameters: CompletionParameters
    caller: CallerId
    was_busy: bool
    pbx: Pbx
    core: int  #: its number
    timer: asyncio.TimerHandle | None = None
    task: asyncio.Task[None] | None = None
    seen_in_use: set[str] = field(default_factory=set)
    caller_is_watched: bool = False  #: somebody is free, and the caller's phone is not

    def tell(self, what: str, **fields: str) -> None:
        """Tell a step on the bus."""
        if self.pbx.events.wants(CompletionEvent):
            self.pbx.events.publish(CompletionEvent(what, self.core, tuple(fields.items())))

    def tell_failure(self, reason: str) -> None:
        """It comes to nothing."""
        self.tell("Failure", Caller=self.agent, Reason=reason)


#: Runs a routine on a channel.
CallRoutine = Callable[[Channel, str], Awaitable[None]]


class CallCompletions:
    """Those of a node, by ``pbx.datastore(CallCompletions)``."""

    def __init__(self) -> None:
        self.defaults = CompletionParameters()
        self.max_requests = 20
        self.call_routine: CallRoutine | None = None
        self.offers: dict[str, Completion] = {}
        self.requests: list[Completion] = []
        self._numbers = itertools.count(1)

    def parameters_of(self, channel: Channel) -> CompletionParameters:
        """What counts for a channel."""
        return channel.datastore(ChannelCompletion).parameters or self.defaults

    def offer(self, channel: Channel, dialled: Iterable[Channel], *, was_busy: bool) -> None:
        """A dial has failed: who dialled may request completion, if both sides want any."""
        parameters = self.parameters_of(channel)
        if parameters.agent_policy == "never":
            return
        devices = tuple(
            device_of(each)
            for each in dialled
            if self.parameters_of(each).monitor_policy in _WATCHED
        )
        if not devices:
            return
        agent = device_of(channel)
        self._withdraw(agent, "been replaced by another")
        offered = Completion(
            agent, devices, channel.context, channel.extension, parameters, channel.caller.copy(),
            was_busy, channel.pbx, next(self._numbers),
        )  # fmt: skip
        loop = asyncio.get_running_loop()
        offered.timer = loop.call_later(parameters.offer_timer, self._withdraw, agent, "expired")
        self.offers[agent] = offered
        for device in devices:
            offered.tell("Available", Callee=device, Service="CCBS" if was_busy else "CCNR")
        offered.tell("OfferTimerStart", Caller=agent, Expires=f"{parameters.offer_timer:.0f}")

    def _withdraw(self, agent: str, why: str = "") -> None:
        offered = self.offers.pop(agent, None)
        if offered is not None and offered.timer is not None:
            offered.timer.cancel()
        if offered is not None and why:
            offered.tell_failure(f"The offer to {agent} has {why}")

    def request(self, channel: Channel) -> CompletionReason | None:
        """Take an offer up; returns why not, or None."""
        agent = device_of(channel)
        offered = self.offers.get(agent)
        if offered is None:
            return CompletionReason.NO_CORE_INSTANCE
        if offered.parameters.agent_policy != GENERIC:
            return CompletionReason.NOT_GENERIC
        mine = sum(each.agent == agent for each in self.requests)
        theirs = sum(not set(each.devices).isdisjoint(offered.devices) for each in self.requests)
        parameters = offered.parameters
        if (
            len(self.requests) >= self.max_requests
            or mine >= parameters.max_agents
            or theirs >= parameters.max_monitors
        ):
            return CompletionReason.TOO_MANY_REQUESTS
        self._withdraw(agent)
        self.requests.append(offered)
        for device in offered.devices:
            offered.tell("Requested", Caller=agent, Callee=device)
        offered.tell("RequestAcknowledged", Caller=agent)
        offered.task = channel.pbx.spawn(self._complete(channel.pbx, offered), name=f"cc {agent}")
        logger.info("%s wants to be called back when %s is free", agent, offered.devices)
        return None

    def cancel(self, channel: Channel) -> CompletionReason | None:
        """Give up what a caller requested, or was offered; returns why not, or None."""
        agent = device_of(channel)
        mine = [each for each in self.requests if each.agent == agent]
        if not mine and agent not in self.offers:
            return CompletionReason.NO_CORE_INSTANCE
        self._withdraw(agent, "been declined")
        for each in mine:
            self.give_up(each)
        return None

    def give_up(self, completion: Completion) -> None:
        """Nobody wants one any more, whether it was offered or requested."""
        if completion in self.requests:
            self.requests.remove(completion)  # by itself it would not if it had not begun yet
            completion.tell_failure(f"{completion.agent} wants it no longer")
        if completion.task is not None:
            completion.task.cancel()
        elif self.offers.get(completion.agent) is completion:
            self._withdraw(completion.agent, "been withdrawn")

    async def _complete(self, pbx: Pbx, wanted: Completion) -> None:
        parameters = wanted.parameters
        within = (
            parameters.ccbs_available_timer if wanted.was_busy else parameters.ccnr_available_timer
        )
        try:
            async with asyncio.timeout(within):
                await self._until_free(pbx, wanted)
            await self._recall(pbx, wanted)
        except TimeoutError:
            logger.info("%s: nobody was free in time", wanted.agent)
            for device in wanted.devices:
                wanted.tell("MonitorFailed", Callee=device)
            wanted.tell_failure("Nobody was free in time")
        finally:
            if wanted in self.requests:
                self.requests.remove(wanted)

    async def _until_free(self, pbx: Pbx, wanted: Completion) -> None:
        """Until somebody who was dialled is free, and the caller's phone too."""
        changed = asyncio.Event()
        ends = [
            pbx.events.subscribe(kind, lambda _: changed.set())
            for kind in (ChannelHungUp, ChannelStateChanged, DeviceStateChanged)
        ]
        try:
            while True:
                changed.clear()
                if self._is_free(pbx, wanted):
                    return
                await changed.wait()
                await asyncio.sleep(0)  # who changed is where it says by now
        finally:
            for end in ends:
                end()

    @staticmethod
    def _is_free(pbx: Pbx, wanted: Completion) -> bool:
        free = False
        for device in wanted.devices:
            state = device_state(pbx, device)
            if state not in _FREE:
                wanted.seen_in_use.add(device)
            # Who did not answer was free all the time: he must have been at his phone since.
            elif wanted.was_busy or device in wanted.seen_in_use:
                free = True
        caller_is_free = device_state(pbx, wanted.agent) in _FREE
        is_watched = free and not caller_is_free
        if is_watched != wanted.caller_is_watched:
            wanted.caller_is_watched = is_watched
            what = "Start" if is_watched else "Stop"
            wanted.tell(f"Caller{what}Monitoring", Caller=wanted.agent)
        return free and caller_is_free

    async def _recall(self, pbx: Pbx, wanted: Completion) -> None:
        parameters = wanted.parameters
        routine = parameters.callback_sub

        async def before(channel: Channel) -> None:
            if routine and self.call_routine is not None:
                await self.call_routine(channel, routine)

        logger.info("%s is called back: %s is free", wanted.agent, wanted.devices)
        wanted.tell("CallerRecalling", Caller=wanted.agent)
        outcome = await originate(
            pbx,
            Origination(
                parameters.agent_dialstring or wanted.agent,
                RunDialplan(wanted.context, wanted.extension),
                within=parameters.recall_timer,
                caller=wanted.caller,
                variables=(
                    ("CC_EXTEN", wanted.extension),
                    ("CC_CONTEXT", wanted.context),
                    ("CC_INTERFACES", "&".join(wanted.devices)),
                ),
                before=before,
            ),
        )
        if outcome.status is DialStatus.ANSWER:
            wanted.tell("RecallComplete", Caller=wanted.agent)
        else:
            wanted.tell_failure(f"{wanted.agent} did not answer")


def changed(parameters: CompletionParameters, name: str, value: str) -> CompletionParameters | None:
    """Parameters with another value of an option; None: there is no such option.

    Raises:
        ValueError: It is no number.
    """
    name = _field(name)
    before = getattr(parameters, name, None) if name in _FIELDS else None
    if before is None:
        return None
    return replace(parameters, **{name: type(before)(value.strip())})


def set_parameter(channel: Channel, name: str, value: str) -> None:
    """Set an option of one channel as its configuration says; what is none is told to the log."""
    own = channel.datastore(ChannelCompletion)
    before = channel.pbx.datastore(CallCompletions).parameters_of(channel)
    try:
        own.parameters = changed(before, name, value)
    except ValueError:
        logger.warning("%s: %s = %s is no number", channel.name, name, value)


def option_text(parameters: CompletionParameters, name: str) -> str | None:
    """The value of an option as it would be written; None: there is no such option."""
    name = _field(name)
    if name not in _FIELDS:
        return None
    value = getattr(parameters, name)
    return f"{value:g}" if isinstance(value, float) else str(value)


_FIELDS = frozenset(CompletionParameters.__dataclass_fields__)


def _field(name: str) -> str:
    return name.strip().lower().removeprefix("cc_")
