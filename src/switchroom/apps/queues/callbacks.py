"""Callers who are called back: each keeps its place in the queue, in a task of its own.

No application itself.
"""

from __future__ import annotations

import asyncio
import logging

from switchroom.apps.queues.options import QueueOptions
from switchroom.apps.queues.stay import Order, Stay
from switchroom.channels.local import LocalDriver, make_pair
from switchroom.config.queues.skills import QueueSkills, parse_requirement
from switchroom.pbx.caller_id import CallerId
from switchroom.pbx.channel import Channel, Progress, RequestError
from switchroom.pbx.dialing import Dialing, DialStatus
from switchroom.pbx.events import DialEnded
from switchroom.pbx.pbx import Pbx
from switchroom.queues.callback import FAMILY, Callback, callback_of_line
from switchroom.queues.desk import Desk, Desks
from switchroom.queues.entry import Entry
from switchroom.queues.log import NONE
from switchroom.queues.skills import Demand

logger = logging.getLogger(__name__)

NO_QUEUE_PAUSE = 60.0  #: seconds until it is looked again whether a queue is there
QUIET = QueueOptions(ring=True, go_on=True)  #: nobody hears music while nobody is there


class Callbacks(dict[str, Callback]):
    """All of a node, by their identities. A datastore of the core."""

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._dialling: dict[str, Callback] = {}  #: by the channel that dials the number
        self._pbx: Pbx | None = None
        self._is_closing = False  #: the node ends: what is not done goes on after its start

    def find(self, queue: str, number: str) -> Callback | None:
        """Whether a number of a queue is called back already."""
        return next((c for c in self.values() if (c.queue, c.number) == (queue, number)), None)

    async def add(self, pbx: Pbx, callback: Callback) -> None:
        """Call somebody back, as soon as it is on disk that this was promised."""
        self[callback.identity] = callback  # nobody promises it a second time meanwhile
        try:
            await pbx.astdb.put(FAMILY, callback.identity, callback.to_line())
        except BaseException:
            del self[callback.identity]
            raise
        self._begin(pbx, callback)

    def restore(self, pbx: Pbx) -> None:
        """Go on with those of before a restart."""
        for path, line in pbx.astdb.items(FAMILY):
            callback = callback_of_line(line)
            if callback is None:
                logger.warning("%s: a callback that cannot be read is left alone", path)
            elif callback.identity not in self:
                self._begin(pbx, callback)

    def cancel(self, pbx: Pbx, identity: str, by: str) -> bool:
        """Call somebody back no more; False where nobody is to be."""
        callback, task = self.get(identity), self._tasks.get(identity)
        if callback is None or task is None:
            return False
        _log(pbx, callback, "CALLBACKCANCELLED", callback.number, by)
        task.cancel()
        return True

    def _begin(self, pbx: Pbx, callback: Callback) -> None:
        if self._pbx is None:
            self._pbx = pbx
            pbx.events.subscribe(DialEnded, self._dial_ended)
            pbx.at_end(self._close)
        self[callback.identity] = callback
        name = f"callback {callback.identity}"
        self._tasks[callback.identity] = pbx.spawn(self._serve(pbx, callback), name=name)

    def _close(self) -> None:
        self._is_closing = True
        for task in self._tasks.values():
            task.cancel()

    def _dial_ended(self, event: DialEnded) -> None:
        callback = self._dialling.get(event.caller)
        if callback is not None and event.status == "ANSWER":
            self._is_reached(callback)

    def _is_reached(self, callback: Callback) -> None:
        """The number has answered: whatever happens now, it is not called again."""
        callback.status = "talking"
        assert self._pbx is not None
        self._pbx.spawn(_forget(self._pbx, callback), name="callbacks")

    # one of them

    async def _serve(self, pbx: Pbx, callback: Callback) -> None:
        """Until it is done; a restart of the node goes on with it."""
        try:
            while await self._attempt(pbx, callback):
                await pbx.astdb.put(FAMILY, callback.identity, callback.to_line())
        finally:
            del self[callback.identity]
            del self._tasks[callback.identity]
            if not self._is_closing:
                pbx.spawn(_forget(pbx, callback), name="callbacks")

    async def _attempt(self, pbx: Pbx, callback: Callback) -> bool:
        """One turn in the queue; tells whether there is to be another."""
        desks = pbx.datastore(Desks)
        if (pause := callback.not_before - desks.now()) > 0:
            callback.status = "pausing"
            await asyncio.sleep(pause)
        desk = desks.get(callback.queue)
        if desk is None:
            callback.not_before = desks.now() + NO_QUEUE_PAUSE
            return True
        callback.status = "waiting"
        how = self._caller_first if callback.plan.is_caller_first else self._agent_first
        tried = callback.tried
        status = await how(pbx, desk, callback)
        if status == DialStatus.ANSWER:
            _log(pbx, callback, "CALLBACKCOMPLETE", callback.number, callback.tried)
            return False
        if callback.tried > tried:
            _log(pbx, callback, "CALLBACKFAILED", callback.number, callback.tried, status)
        elif status == "WITHDRAW":
            return False
        if callback.failed(desks.now()):
            return True
        _log(pbx, callback, "CALLBACKGAVEUP", callback.number, callback.tried)
        return False

    def _dials(self, pbx: Pbx, callback: Callback) -> None:
        callback.tried += 1
        callback.status = "dialling"
        _log(pbx, callback, "CALLBACKDIAL", callback.number, callback.tried)

    async def _agent_first(self, pbx: Pbx, desk: Desk, callback: Callback) -> str:
        """Wait in the queue; once an agent has answered, dial the number for it."""
        plan, number = callback.plan, callback.number
        near = make_pair(pbx, f"Callback/{number}", place=(plan.context, number), stays=True)
        assert isinstance(near.driver, LocalDriver)
        far = near.driver.other.channel
        _introduce(far, callback)

        def hear(progress: Progress) -> None:
            if progress is Progress.ANSWERED:
                self._dials(pbx, callback)
                # The agent hears it ring.
                data = f"Local/{number}@{plan.context}/n,{plan.within:g},r"
                pbx.start_application(near, "Dial", data)

        near.watch(hear)
        self._dialling[near.name] = callback
        try:
            status = await _stay(far, desk, callback)
        finally:
            del self._dialling[near.name]
            near.hangup()
        while not near.is_finished:  # noqa: ASYNC110  # it has no event of its own for that
            await asyncio.sleep(0.01)
        if callback.status == "talking":
            return DialStatus.ANSWER
        return near.variables.get("DIALSTATUS", "") or status or DialStatus.CANCEL

    async def _caller_first(self, pbx: Pbx, desk: Desk, callback: Callback) -> str:
        """Keep an agent free, dial the number, and let who answers have that agent."""
        entry = _entry(desk, callback, f"Callback/{callback.number}")
        waiter = desk.join(entry, callback.place_in(desk.queue.entries))
        called: Channel | None = None
        try:
            if await waiter.get() is None:
                return "WITHDRAW"
            self._dials(pbx, callback)
            called, status = await _dial(pbx, callback)
        finally:
            if entry.offered:
                desk.offer_failed(entry)
            desk.leave(entry)
        if called is None:
            return status
        _introduce(called, callback)
        self._is_reached(callback)
        await _stay(called, desk, callback)
        return DialStatus.ANSWER


async def _stay(channel: Channel, desk: Desk, callback: Callback) -> str:
    """Let a channel stand in the queue in the callback's place; returns QUEUESTATUS."""
    entry = _entry(desk, callback, channel.name, channel.unique_id)
    order = Order(
        QUIET if not channel.answered_at else QueueOptions(),
        position=callback.place_in(desk.queue.entries),
        is_quiet=not channel.answered_at,
    )

    async def stay() -> None:
        task = asyncio.current_task()
        assert task is not None
        channel.run_in(task)
        try:
            await Stay(channel, desk, entry, order).run()
        finally:
            channel.finish()

    task = channel.pbx.spawn(stay(), name=channel.name)
    try:
        await asyncio.wait([task])
    finally:
        if not task.done():
            channel.hangup()
    return channel.variables.get("QUEUESTATUS", "")


async def _dial(pbx: Pbx, callback: Callback) -> tuple[Channel | None, str]:
    plan = callback.plan
    try:
        called = await pbx.request(f"Local/{callback.number}@{plan.context}/n")
    except RequestError:
        return None, DialStatus.CHANUNAVAIL
    outcome = await Dialing(None, application="AppQueue").run([called], within=plan.within)
    return outcome.answered, outcome.status


def _entry(desk: Desk, callback: Callback, name: str, unique_id: str = "") -> Entry:
    skills = desk.pbx.datastore(Desks).skills.queues.get(callback.queue, QueueSkills())
    asked = parse_requirement(callback.skills) if callback.skills else skills.requires
    return Entry(
        name,
        unique_id or callback.identity,
        callback.joined_at,
        priority=callback.priority,
        demand=Demand(asked, [*skills.relaxations]),
    )


def _introduce(channel: Channel, callback: Callback) -> None:
    """The agent sees who is called back."""
    channel.caller = CallerId(name=callback.name, number=callback.number)
    channel.connected = channel.caller.copy()


def _log(pbx: Pbx, callback: Callback, event: str, *data: object) -> None:
    desk = pbx.datastore(Desks).get(callback.queue)
    if desk is not None:
        desk.log.write(callback.identity, callback.queue, NONE, event, *data)


async def _forget(pbx: Pbx, callback: Callback) -> None:
    await pbx.astdb.delete(FAMILY, callback.identity)
