"""One caller's time in a queue, from joining to leaving. No application itself."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from switchroom.apps.dialing.answered import call_routine
from switchroom.apps.dialing.options import commas
from switchroom.apps.queues.announcing import Announcer
from switchroom.apps.queues.options import QueueOptions
from switchroom.apps.queues.place import LastPlace
from switchroom.apps.queues.ring import Ring
from switchroom.apps.queues.talk import Talk
from switchroom.pbx.caller_id import PROHIBITED, RESTRICTION
from switchroom.pbx.channel import Channel
from switchroom.pbx.music.classes import start_music, stop_music
from switchroom.pbx.ringing import Ringback
from switchroom.queues.desk import Desk
from switchroom.queues.entry import NO_LIMIT, SLACK, Entry
from switchroom.queues.events import CallerAbandoned, CallerJoined, CallerLeft
from switchroom.queues.log import NONE
from switchroom.queues.queue import Offer

logger = logging.getLogger(__name__)

LOGGED_OF_WITHDRAWAL = 40  #: characters of why a caller was sent back
LOOK_AGAIN = 1.0  #: seconds between two looks at whether the queue is empty


@dataclass(frozen=True, slots=True)
class Order:
    """What Queue() was asked for."""

    options: QueueOptions = field(default_factory=QueueOptions)
    url: str = ""
    announce: str = ""
    within: float | None = None  #: seconds
    agi: str = ""
    routine: str = ""
    position: int = 0
    is_quiet: bool = False  #: nobody is there yet who could hear anything


#: Left by a call that somebody took, and by one that nobody did; empty while it waits.
_TIMES = tuple(
    f"{name}{suffix}"
    for name in ("ANSWEREDTIME", "DIALEDTIME", "QUEUEWAIT")
    for suffix in ("", "_MS")
)


class Stay:
    """One caller in one queue.

    Args:
        channel: The caller; :meth:`run` is awaited in its task.
        desk: The queue.
        entry: The caller's place.
        order: What was asked for.
    """

    def __init__(self, channel: Channel, desk: Desk, entry: Entry, order: Order) -> None:
        self.channel = channel
        self.desk = desk
        self.entry = entry
        self.order = order
        self.ring: Ring | None = None
        self.exit_key = ""
        self._announcer = Announcer(self)
        self._waiter: asyncio.Queue[Offer | None] = asyncio.Queue()
        self._ringback: Ringback | None = None

    @property
    def waited(self) -> int:
        """Whole seconds, as the log counts them."""
        return int(self.desk.now()) - int(self.entry.joined_at)

    @property
    def seconds_left(self) -> float | None:
        """Until the caller wants to leave."""
        if self.order.within is None:
            return None
        left = self.entry.joined_at + self.order.within - self.desk.now()
        return left if left > SLACK else 0.0

    def log(self, agent: str, event: str, *data: object) -> None:
        """Write a line about this call."""
        self.desk.log.write(self.entry.unique_id, self.desk.queue.name, agent, event, *data)

    async def run(self) -> None:
        """Wait, talk, and leave the variables."""
        channel = self.channel
        if self.order.options.routine_here:
            await call_routine(channel, commas(self.order.options.routine_here))
        for name in _TIMES:
            channel.set_variable(name, "")
        self._join()
        is_over = False
        try:
            await self.let_hear()
            status = await self._wait()
            is_over = True
        finally:
            channel.on_key = None
            if not is_over and not self.entry.is_connected:
                self._abandon()
            if not self.entry.is_connected:
                self._tell_wait()
                channel.datastore(LastPlace).keep(self.entry)
            self._leave()
            self.entry.on_changes = None
            self.stop_hearing()
        if status:
            channel.set_variable("QUEUESTATUS", status)

    def _tell_wait(self) -> None:
        """The times of who reached nobody."""
        seconds = self.desk.now() - self.entry.joined_at
        self.tell_time("QUEUEWAIT", self.waited)
        self.tell_time("DIALEDTIME", seconds)
        self.tell_time("ANSWEREDTIME", 0.0)

    def tell_time(self, name: str, seconds: float) -> None:
        """Leave a span as two variables, the second one in milliseconds."""
        self.channel.set_variable(name, str(int(seconds)))
        self.channel.set_variable(f"{name}_MS", str(round(seconds * 1000)))

    def _join(self) -> None:
        channel, entry, desk = self.channel, self.entry, self.desk
        self._waiter = desk.join(entry, self.order.position)
        entry.on_changes = self._tell_limits
        channel.on_key = self._key
        position = entry.original_position
        self.log(NONE, "ENTERQUEUE", self.order.url, *self._who(position))
        if channel.pbx.events.wants(CallerJoined):
            channel.pbx.events.publish(CallerJoined(desk.queue, entry, position))

    def _tell_limits(self) -> None:
        """A rule changed whom the caller may have: the variables say so, for another Queue()."""
        entry = self.entry
        limits = {"QUEUE_MIN_PENALTY": entry.lowest, "QUEUE_RAISE_PENALTY": entry.raise_to}
        if entry.highest != NO_LIMIT:
            limits["QUEUE_MAX_PENALTY"] = entry.highest
        for name, value in limits.items():
            self.channel.set_variable(name, str(value))

    def _who(self, position: int) -> list[object]:
        """The caller, as the log has it."""
        caller = self.channel.caller
        is_hidden = caller.presentation & RESTRICTION == PROHIBITED
        if is_hidden and not self.desk.queue.settings.logs_restricted:
            return ["", position]
        names = [caller.name] if self.desk.config.logs_caller_names else []
        return [caller.number, position, *names]

    def _leave(self) -> None:
        """Be in the queue no more, whatever came of it."""
        entry, desk = self.entry, self.desk
        if entry in desk.queue.entries:
            position = desk.queue.position(entry) if not entry.is_connected else 1
            if entry.offered and not entry.is_connected:
                desk.offer_failed(entry)
            desk.leave(entry)
            events = self.channel.pbx.events
            if events.wants(CallerLeft):
                events.publish(CallerLeft(desk.queue, entry, position))
            self.channel.set_variable("QUEUEPOSITION", str(position))

    def connected(self) -> None:
        """The caller has reached somebody: those behind move up."""
        self.entry.is_connected = True
        self._leave()

    def _abandon(self) -> None:
        entry, queue = self.entry, self.desk.queue
        position = queue.position(entry)
        waited = self.desk.now() - entry.joined_at
        queue.statistics.gave_up(waited, queue.settings.service_level)
        queue.flow.waits_no_more(waited, gave_up=True)
        self.channel.set_variable("ABANDONED", "TRUE")
        self.log(NONE, "ABANDON", position, entry.original_position, self.waited)
        events = self.channel.pbx.events
        if events.wants(CallerAbandoned):
            events.publish(CallerAbandoned(queue, entry, position, self.waited))

    # waiting

    async def _wait(self) -> str:
        """Until somebody takes the call, or it makes no sense any more; returns QUEUESTATUS."""
        while True:
            self.entry.apply_changes(self.desk.now())
            if self.exit_key:
                return self._exit_by_key()
            if self.seconds_left == 0.0 or self._has_tried_all():
                return self._give_up("TIMEOUT", "EXITWITHTIMEOUT")
            if self._is_empty():
                return self._give_up("LEAVEEMPTY", "EXITEMPTY")
            await self._announcer.say_what_is_due()
            if self._is_leaving():
                continue
            offer = await self._next_offer()
            if offer is None:
                return self._withdraw()
            if not isinstance(offer, Offer):
                continue
            talk = await self._try(offer)
            status = await talk.run() if talk is not None else None
            if status is not None:
                return status

    async def _next_offer(self) -> Offer | str | None:
        """An offer; None where the caller is to go; a word where it is time to look around."""
        times = [self.seconds_left, self._announcer.seconds_until_due()]
        if self.desk.queue.settings.leave_empty is not None:
            times.append(LOOK_AGAIN)
        if (change := self.entry.next_change()) is not None:
            times.append(max(0.0, change - self.desk.now()) + SLACK)
        if self.order.options.once:
            times.append(max(0.0, self._next_try_at - self.desk.now()) + SLACK)
        within = min((each for each in times if each is not None), default=None)
        try:
            async with asyncio.timeout(within):
                offer = await self._waiter.get()
        except TimeoutError:
            return "time"
        return offer if offer is not None or not self.exit_key else "key"

    @property
    def _next_try_at(self) -> float:
        """Option ``n``: when another member would be tried in vain; each takes a ``retry``."""
        queue, entry = self.desk.queue, self.entry
        left = max(0, len(queue.members) - entry.tried - 1)
        return max(entry.joined_at, entry.not_before) + left * queue.settings.retry

    def _has_tried_all(self) -> bool:
        """Option ``n``: there were as many offers as members, or nobody was free for one."""
        entry = self.entry
        if not self.order.options.once or not entry.is_idle or not self._waiter.empty():
            return False
        has_tried = entry.tried >= len(self.desk.queue.members) > 0
        return has_tried or self.desk.now() > self._next_try_at

    async def _try(self, offer: Offer) -> Talk | None:
        """Ring those who are offered the call."""
        self.ring = Ring(self, offer)
        rings = self.order.options.ring_when_offered and not self.order.options.ring
        if rings:
            await self._let_ring()
        speaks = self.desk.queue.settings.announcements.while_ringing
        pbx, name = self.channel.pbx, f"announcements to {self.channel.name}"
        speech = pbx.spawn(self._announcer.speak(), name=name) if speaks else None
        try:
            answered = await self.ring.run()
        finally:
            self.ring = None
            if speech is not None:
                speech.cancel()
        if answered is not None:
            return Talk(self, answered)
        if rings:
            self.stop_hearing()
            await self.let_hear()
        return None

    def _is_leaving(self) -> bool:
        return bool(self.exit_key) or self.seconds_left == 0.0

    def _is_empty(self) -> bool:
        settings = self.desk.queue.settings
        if settings.leave_empty is None:
            return False
        now = self.desk.now()
        return self.desk.queue.is_empty(settings.leave_empty, self.entry, now)

    def _give_up(self, status: str, event: str) -> str:
        position = self.desk.queue.position(self.entry)
        self.channel.set_variable("ABANDONED", "TRUE")
        self.log(NONE, event, position, self.entry.original_position, self.waited)
        return status

    def _withdraw(self) -> str:
        position = self.desk.queue.position(self.entry)
        told = (position, self.entry.original_position, self.waited)
        self.log(NONE, "WITHDRAW", *told, self.entry.withdrawn_for[:LOGGED_OF_WITHDRAWAL])
        return "WITHDRAW"

    # keys

    def _key(self, digit: str, duration: float) -> None:
        """A digit leads to an extension of the queue's context, where there is one."""
        context = self.desk.queue.settings.context
        dialplan = self.channel.pbx.dialplan
        if not context or not dialplan.has_extension(context, digit, self.channel.caller.number):
            return
        self.exit_key = digit
        self._announcer.interrupt()
        if self.ring is not None:
            self.ring.give_up()
        self._waiter.put_nowait(None)

    def _exit_by_key(self) -> str:
        digit, queue = self.exit_key, self.desk.queue
        position = queue.position(self.entry)
        self.log(NONE, "EXITWITHKEY", digit, position, self.entry.original_position, self.waited)
        self.channel.goto(queue.settings.context, digit, 1)
        return ""

    # what the caller hears

    async def wait_again(self) -> None:
        """The caller was about to talk to somebody who is gone."""
        self.channel.on_key = self._key
        await self.let_hear()

    async def let_hear(self) -> None:
        """Music, or ringing."""
        options = self.order.options
        if options.ring:
            await self._let_ring()
            return
        await start_music(self.channel, options.music or self.desk.queue.settings.music)

    async def _let_ring(self) -> None:
        stop_music(self.channel)
        self._ringback = Ringback(self.channel, tone="")
        await self._ringback.start()

    def stop_hearing(self) -> None:
        """Neither."""
        if self._ringback is not None:
            self._ringback.stop()
            self._ringback = None
        if not self.channel.is_finished:
            stop_music(self.channel)
