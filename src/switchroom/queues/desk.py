"""A queue at work: looks at it whenever something changed, and hands offers to those who wait."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from switchroom.config.queues.queues import PenaltyChange, QueuesConfig, QueueSettings
from switchroom.config.queues.skills import Levels, QueueSkills, SkillsConfig
from switchroom.pbx.events import ChannelCreated, ChannelHungUp, ChannelStateChanged
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import DeviceStateChanged, device_state
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.queues.claims import Claims
from switchroom.queues.entry import Entry
from switchroom.queues.events import (
    MemberAdded,
    MemberChanged,
    MemberPaused,
    MemberRemoved,
    PenaltyChanged,
    RingsInUseChanged,
)
from switchroom.queues.lamps import Lamps, light
from switchroom.queues.log import NONE, QueueLog
from switchroom.queues.member import Member
from switchroom.queues.member_index import MemberIndex
from switchroom.queues.persistence import keep_members, kept_members
from switchroom.queues.queue import CallQueue, Offer
from switchroom.queues.reloading import Reloading
from switchroom.queues.rivalry import Rivalry
from switchroom.queues.shared_claims import SharedClaims

REALTIME = "REALTIME"  #: who adds and removes members that stand in a database, for the log
LOOK_AGAIN = 1.0  #: seconds between two looks at devices that tell nothing by themselves


class Desk:
    """One queue of a node.

    Args:
        pbx: The core.
        queue: What is decided on.
    """

    def __init__(self, pbx: Pbx, queue: CallQueue) -> None:
        self.pbx = pbx
        self.queue = queue
        queue.look_at = self.refresh
        self.log = pbx.datastore(QueueLog)
        self._desks = pbx.datastore(Desks)
        self._lamps = Lamps(self)
        self._waiters: dict[Entry, asyncio.Queue[Offer | None]] = {}
        self._timer: asyncio.Handle | None = None
        self._is_looking = self._is_restoring = False
        self.is_gone = False  #: from the configuration, or its table
        self.is_realtime = False  #: it stands in a database
        self._taught_by: SkillsConfig | None = None  #: whence its members have their skills

    def now(self) -> float:
        """The time by which queues go: of the wall clock, but it never jumps."""
        return self._desks.now()

    # callers

    def join(self, entry: Entry, position: int = 0) -> asyncio.Queue[Offer | None]:
        """Let a caller wait; what is returned brings its offers, and None where it is to go."""
        waiter = self._waiters[entry] = asyncio.Queue()
        self.queue.join(entry, position=position)
        self._lamps.callers_changed()
        self.look_soon()
        return waiter

    def leave(self, entry: Entry) -> None:
        """A caller goes."""
        self._waiters.pop(entry, None)
        self.queue.leave(entry)
        self._lamps.callers_changed()
        self.look_soon()
        self.close_if_over()

    async def confirm(self, entry: Entry, members: Iterable[Member]) -> tuple[Member, ...]:
        """Those of the members offered that no other node has claimed; the others are let go."""
        shared = self._desks.shared_claims
        if shared is None:
            return tuple(members)
        return await shared.confirm_all(self.queue, entry, tuple(members))

    def offer_failed(self, entry: Entry) -> None:
        """Nobody took the call that was offered; whoever rang for it is free for others."""
        members = entry.offered
        self.queue.offer_failed(entry, self.now())
        self.tell_free(members)

    def tell_free(self, members: Iterable[Member]) -> None:
        """Let every queue look whether these take a call now."""
        for member in members:
            self._desks.device_changed(member.device)
        self.look_soon()

    def set_priority(self, entry: Entry, priority: int, *, moves: bool = True) -> None:
        """Give a caller another priority.

        Args:
            entry: The caller.
            priority: For those who come later, and for queues that share members.
            moves: It goes at once behind those that have this priority already.
        """
        entry.priority = priority
        if not moves:
            return
        self.queue.leave(entry)
        original = entry.original_position
        self.queue.join(entry)
        entry.original_position = original
        self.look_soon()

    def withdraw(self, entry: Entry, why: str = "") -> None:
        """Send a caller back to the dialplan; ``why`` stands in the log."""
        entry.withdrawn_for = why
        if (waiter := self._waiters.get(entry)) is not None:
            waiter.put_nowait(None)

    # deciding

    def look_soon(self) -> None:
        """Something changed."""
        if not self._is_looking and self.queue.entries:
            self._is_looking = True
            asyncio.get_running_loop().call_soon(self._look)

    def _look(self) -> None:
        self._is_looking = False
        now = self.now()
        for offer in self.queue.decide(now):
            self._waiters[offer.entry].put_nowait(offer)
        self._set_timer(now)

    def _set_timer(self, now: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self.queue.next_look(now)
        if not any(entry.is_idle for entry in self.queue.entries):
            return
        within = LOOK_AGAIN if due is None else min(max(due - now, 0.0), LOOK_AGAIN)
        self._timer = asyncio.get_running_loop().call_later(within, self._look_at_devices)

    def _look_at_devices(self) -> None:
        self._timer = None
        for member in self.queue.members.values():
            self.refresh(member)
        self._look()

    def refresh(self, member: Member) -> None:
        """Ask for the state of a member's device."""
        state = device_state(self.pbx, member.device)
        if state is not member.state:
            member.state = state
            events = self.pbx.events
            if events.wants(MemberChanged):
                events.publish(MemberChanged(self.queue, member))
        self._lamps.member_changed(member)

    def refresh_all(self) -> None:
        """Ask for the state of each member's device."""
        for member in self.queue.members.values():
            self.refresh(member)

    # members

    def add(self, member: Member, by: str = "") -> bool:
        """Take a member in; ``by`` stands in the log, nothing logs nothing."""
        if not self.queue.add(member):
            return False
        member.state = device_state(self.pbx, member.device)
        member.logged_in_at = self.now()
        self._desks.watch(self, member)
        self._teach(member)
        if by:
            paused = "PAUSED" if member.is_paused else ""
            self.log.write(by, self.queue.name, self.logged_name(member), "ADDMEMBER", paused)
        self._lamps.pause_changed(member)
        if self.pbx.events.wants(MemberAdded):
            self.pbx.events.publish(MemberAdded(self.queue, member))
        self._lamps.member_changed(member)
        self._keep_members(member)
        self.look_soon()
        return True

    def remove(self, interface: str, by: str = "") -> Member | None:
        """Let a member go."""
        member = self.queue.remove(interface)
        if member is None:
            return None
        self._desks.forget(self, member)
        if by:
            self.log.write(by, self.queue.name, self.logged_name(member), "REMOVEMEMBER", "")
        if self.pbx.events.wants(MemberRemoved):
            self.pbx.events.publish(MemberRemoved(self.queue, member))
        self._lamps.removed(member)
        self._keep_members(member)
        return member

    @property
    def config(self) -> QueuesConfig:
        """What counts for all queues."""
        return self._desks.config

    def logged_name(self, member: Member) -> str:
        """How the log calls a member where it comes and goes."""
        return member.name if self.config.logs_member_names else member.interface

    def _teach(self, member: Member) -> None:
        """Give a member the skills that the configuration knows of."""
        skills = self._desks.skills
        member.skills = skills.levels_of(member.interface, member.name)

    def set_skills(self, member: Member, skills: Levels) -> None:
        """Give a member other skills, until the configuration is read anew."""
        member.skills = skills
        self.look_soon()

    def set_penalty(self, member: Member, penalty: int) -> None:
        """Give a member another penalty."""
        member.penalty = penalty
        self._write_row(member, {"penalty": str(penalty)})
        self.log.write(NONE, self.queue.name, member.interface, "PENALTY", penalty)
        self._keep_members(member)
        if self.pbx.events.wants(PenaltyChanged):
            self.pbx.events.publish(PenaltyChanged(self.queue, member))
        self.look_soon()

    def set_rings_in_use(self, member: Member, *, rings: bool) -> None:
        """Let a member be called during calls, or not."""
        member.rings_in_use = rings
        self._write_row(member, {"ringinuse": str(int(rings))})
        self.log.write(NONE, self.queue.name, member.interface, "RINGINUSE", int(rings))
        if self.pbx.events.wants(RingsInUseChanged):
            self.pbx.events.publish(RingsInUseChanged(self.queue, member))
        self.look_soon()

    def pause(self, member: Member, *, paused: bool, reason: str = "") -> None:
        """Let a member take no calls, or take them again."""
        is_other = paused and member.is_paused and reason != member.pause_reason
        if is_other and self._desks.config.logs_change_of_reason:
            self.log.write(NONE, self.queue.name, member.name, "UNPAUSE", "")
        self._set_pause(member, paused=paused, reason=reason)
        self._write_row(member, {"paused": str(int(paused)), "reason_paused": reason})

    def _write_row(self, member: Member, values: Mapping[str, str]) -> None:
        """A member of a database is in its row what it is here."""
        if member.is_realtime and self._desks.write_row is not None:
            self._desks.write_row(self, member, values)

    def _set_pause(self, member: Member, *, paused: bool, reason: str) -> None:
        member.is_paused = paused
        member.pause_reason = reason
        member.paused_at = self.now() if paused else 0.0
        event = "PAUSE" if paused else "UNPAUSE"
        self.log.write(NONE, self.queue.name, member.name, event, reason)
        self._lamps.pause_changed(member)
        self._lamps.member_changed(member)
        if self.pbx.events.wants(MemberPaused):
            self.pbx.events.publish(MemberPaused(self.queue, member))
        self._keep_members(member)
        self.look_soon()

    def note_call(self, member: Member) -> None:
        """``shared_lastcall``: a call of one queue counts for a member's rest in all."""
        if self._desks.config.shares_last_call:
            for _, same in self._desks.with_member(member.interface):
                same.last_call = member.last_call

    def _keep_members(self, changed: Member) -> None:
        """``persistentmembers``: dynamic ones outlive a restart."""
        if self._is_restoring:
            return  # as they are kept; one after the other they would be fewer for a moment
        if changed.is_dynamic and self._desks.config.keeps_members:
            dynamic = [m for m in self.queue.members.values() if m.is_dynamic]
            work = keep_members(self.pbx.astdb, self.queue.name, dynamic)
            self.pbx.spawn(work, name=f"members of {self.queue.name}")

    def restore_members(self) -> None:
        """Take dynamic members in that were there before a restart."""
        self._is_restoring = True
        try:
            for member in kept_members(self.pbx.astdb, self.queue.name):
                self.add(member)
        finally:
            self._is_restoring = False

    def use(self, settings: QueueSettings, *, read_at: float = math.inf) -> None:
        """Go by other settings; who waits goes on waiting, dynamic members stay.

        Args:
            settings: They.
            read_at: By the loop's clock, when rows of members began to be read.
        """
        queue = self.queue
        queue.settings = settings
        wanted = {each.interface.lower(): each for each in settings.members}
        for key, member in list(queue.members.items()):
            if not member.is_dynamic and key not in wanted:
                self.remove(member.interface, REALTIME if member.is_realtime else "")
        for line in settings.members:
            known = queue.member(line.interface)
            fresh = Member.of(line)
            if known is None:
                self.add(fresh, REALTIME if fresh.is_realtime else "")
            else:
                self._change(known, fresh, is_old=read_at < known.written_at)
        ordered = [key for key in wanted if key in queue.members]
        rest = [key for key in queue.members if key not in wanted]
        queue.arrange((*ordered, *rest))
        queue.skill_order = self._desks.skills.queues.get(queue.name, QueueSkills()).order
        if self._taught_by is not self._desks.skills:  # what was set since holds until a reload
            self._taught_by = self._desks.skills
            for member in queue.members.values():
                self._teach(member)
        for line in settings.members:
            if line.skills is not None and (known := queue.member(line.interface)) is not None:
                known.skills = line.skills
        self.look_soon()

    def _change(self, known: Member, fresh: Member, *, is_old: bool) -> None:
        """Let a member be what its line, or its row, says by now."""
        self._desks.forget(self, known)
        known.name, known.wrap_up = fresh.name, fresh.wrap_up
        self.queue.change_device(known, fresh.device)
        self._desks.watch(self, known)
        if is_old:  # it was changed here meanwhile
            return
        known.penalty, known.rings_in_use = fresh.penalty, fresh.rings_in_use
        if known.is_realtime and known.is_paused is not fresh.is_paused:
            self._set_pause(known, paused=fresh.is_paused, reason=fresh.pause_reason)

    def close_if_over(self) -> None:
        """Look no more where the queue is gone and nobody waits in it."""
        if not self.is_gone or self.queue.entries:
            return
        for member in self.queue.members.values():
            self._desks.forget(self, member)
        if self._timer is not None:
            self._timer.cancel()


class Desks(dict[str, Desk]):
    """The queues of a node, by name. A datastore of the core."""

    def __init__(self) -> None:
        super().__init__()
        self.config = QueuesConfig()
        self.rules: dict[str, tuple[PenaltyChange, ...]] = {}
        self.skills = SkillsConfig()
        #: Keeps what was changed of a member that stands in a database there.
        self.write_row: Callable[[Desk, Member, Mapping[str, str]], None] | None = None
        self._claims = Claims()
        self.shared_claims: SharedClaims | None = None  #: None: there are no other nodes
        self._members = MemberIndex()
        self._rivalry: Rivalry | None = None
        self._is_listening = False
        self._pbx: Pbx | None = None
        self._began_at = 0.0  #: by the wall clock, when that of the loop stood at 0

    def use(
        self,
        pbx: Pbx,
        config: QueuesConfig,
        rules: dict[str, tuple[PenaltyChange, ...]],
        skills: SkillsConfig | None = None,
        *,
        complete: Callable[[QueueSettings], QueueSettings] = lambda settings: settings,
    ) -> None:
        """Go by this configuration from now on; ``complete`` adds members that stand elsewhere."""
        if self._pbx is None:
            self._pbx = pbx
            self._began_at = pbx.now() - asyncio.get_running_loop().time()
            pbx.datastore(DeviceStates).watch(pbx)
            light(pbx, self)
        scope = pbx.datastore(Reloading).scope
        config = self.config = scope.queues_of(self.config, config)
        self.rules = rules if scope.rules else self.rules
        self.skills = skills or SkillsConfig() if scope.members else self.skills
        for name in [name for name in self if name not in config.queues]:
            if not self[name].is_realtime:
                self.drop(name)
        for settings in config.queues.values():
            self.make(complete(settings))
        self._note_rivals()

    def make(
        self, settings: QueueSettings, *, is_realtime: bool = False, read_at: float = math.inf
    ) -> None:
        """Have a queue with these settings, or let the one there is go by them.

        Args:
            settings: They.
            is_realtime: It stands in a database.
            read_at: See :meth:`Desk.use`.
        """
        assert self._pbx is not None
        if (desk := self.get(settings.name)) is None:
            queue = CallQueue(settings, self._claims, self._pbx.chance)
            desk = self[settings.name] = Desk(self._pbx, queue)
        desk.is_realtime = is_realtime
        desk.queue.rivalry = self._rivalry
        desk.use(settings, read_at=read_at)
        if is_realtime and settings.weight and self._rivalry is None:
            self._note_rivals()

    def drop(self, name: str) -> None:
        """A queue is there no more: nobody joins it, and who waits in it goes on waiting."""
        (desk := self.pop(name)).is_gone = True
        desk.close_if_over()

    def _note_rivals(self) -> None:
        is_weighed = any(desk.queue.settings.weight for desk in self.values())
        longest = self.config.longest_first
        has_rivals = is_weighed or longest != "no"
        self._rivalry = Rivalry(self._sharing, longest) if has_rivals else None
        for desk in self.values():
            desk.queue.rivalry = self._rivalry

    def _sharing(self, device: str) -> Iterator[tuple[CallQueue, Member]]:
        """The queues that have a device, each with its member."""
        for desk, member in self._members.of_device(device):
            yield desk.queue, member

    def share_claims(self, shared: SharedClaims) -> None:
        """Ring nobody whom another node rings."""
        self.shared_claims = shared
        self._claims.on_given_back = shared.give_back

    async def restore_members(self) -> None:
        """Take the dynamic members of before a restart in, where they are kept."""
        if self.config.keeps_members:
            for desk in self.values():
                desk.restore_members()

    def now(self) -> float:
        """See :meth:`Desk.now`."""
        return self._began_at + asyncio.get_running_loop().time()

    def with_member(self, interface: str) -> list[tuple[Desk, Member]]:
        """Every queue that has a member of this interface."""
        return self._members.of_interface(interface)

    def pause(self, interface: str, queue: str = "", *, paused: bool, reason: str = "") -> bool:
        """Let a member of a queue, or of all queues, take no calls, or take them again.

        Returns:
            Whether there is one.
        """
        if self._pbx is None:  # nobody has said which queues there are
            return False
        if not queue:  # each queue has its own line besides
            event = "PAUSEALL" if paused else "UNPAUSEALL"
            self._pbx.datastore(QueueLog).write(NONE, NONE, interface, event, "")
        members = self.with_member(interface)
        found = [(desk, member) for desk, member in members if queue in {"", desk.queue.name}]
        for desk, member in found:
            desk.pause(member, paused=paused, reason=reason)
        return bool(found)

    # devices

    def _listen(self) -> None:
        """Hear of devices, from the first member on: else each call would have its states found."""
        self._is_listening = True
        assert self._pbx is not None
        events = self._pbx.events
        for kind in (ChannelCreated, ChannelStateChanged, ChannelHungUp):
            events.subscribe(kind, self._channel_changed)
        events.subscribe(DeviceStateChanged, lambda event: self.device_changed(event.device))

    def _channel_changed(self, event: Any) -> None:
        """A channel came, went, or is in another state: its device may be."""
        device = event.channel.rpartition("-")[0]
        if self._members.knows(device):
            # A channel that hangs up is still there while this is told.
            asyncio.get_running_loop().call_soon(self.device_changed, device)

    def device_changed(self, device: str) -> None:
        """A device may be in another state, or free."""
        for desk, member in self._members.of_device(device):
            desk.refresh(member)
            desk.look_soon()

    def watch(self, desk: Desk, member: Member) -> None:
        """Find a member by its interface, and its queue when its device may be in another state."""
        if not self._is_listening:
            self._listen()
        self._members.add(desk, member)

    def forget(self, desk: Desk, member: Member) -> None:
        """Find it no more."""
        self._members.remove(desk, member)
