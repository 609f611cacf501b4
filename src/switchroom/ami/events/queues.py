"""Queues: who joins and leaves, who is called, who takes which call."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.actions.queues import member_facts
from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import HeaderList
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.channel import Channel
from switchroom.queues.entry import Entry
from switchroom.queues.events import (
    AgentCalled,
    AgentCompleted,
    AgentConnected,
    AgentDidNotAnswer,
    AgentDumped,
    CallerAbandoned,
    CallerJoined,
    CallerLeft,
    MemberAdded,
    MemberChanged,
    MemberPaused,
    MemberRemoved,
    PenaltyChanged,
    RingsInUseChanged,
)
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue


@told_as(CallerJoined, Privilege.AGENT)
def joined(view: Snapshots, event: CallerJoined) -> Iterator[Told]:
    """A caller waits."""
    count = str(len(event.queue.waiting))
    where = [("Queue", event.queue.name), ("Position", str(event.position)), ("Count", count)]
    yield "QueueCallerJoin", [*view.named(event.entry.channel), *where]


@told_as(CallerLeft, Privilege.AGENT)
def left(view: Snapshots, event: CallerLeft) -> Iterator[Told]:
    """A caller waits no more."""
    count = str(len(event.queue.waiting))
    where = [("Queue", event.queue.name), ("Position", str(event.position)), ("Count", count)]
    yield "QueueCallerLeave", [*view.named(event.entry.channel), *where]


@told_as(CallerAbandoned, Privilege.AGENT)
def abandoned(view: Snapshots, event: CallerAbandoned) -> Iterator[Told]:
    """A caller hung up."""
    yield (
        "QueueCallerAbandon",
        [
            *view.named(event.entry.channel),
            ("Queue", event.queue.name),
            ("Position", str(event.position)),
            ("OriginalPosition", str(event.entry.original_position)),
            ("HoldTime", str(event.waited)),
        ],
    )


def _member(queue: CallQueue, member: Member) -> HeaderList:
    in_use = member.may_talk_twice(rings_in_use=queue.settings.rings_in_use)
    *facts, wrap_up = member_facts(member, queue)
    return [
        ("Queue", queue.name),
        ("MemberName", member.name),
        ("Interface", member.interface),
        *facts,
        ("Ringinuse", str(int(in_use))),
        wrap_up,
    ]


@told_as(MemberAdded, Privilege.AGENT)
def member_added(_: Snapshots, event: MemberAdded) -> Iterator[Told]:
    """There is one more member."""
    yield "QueueMemberAdded", _member(event.queue, event.member)


@told_as(MemberRemoved, Privilege.AGENT)
def member_removed(_: Snapshots, event: MemberRemoved) -> Iterator[Told]:
    """A member is gone."""
    yield "QueueMemberRemoved", _member(event.queue, event.member)


@told_as(MemberPaused, Privilege.AGENT)
def member_paused(_: Snapshots, event: MemberPaused) -> Iterator[Told]:
    """A member takes no calls, or takes them again."""
    yield "QueueMemberPause", _member(event.queue, event.member)


@told_as(PenaltyChanged, Privilege.AGENT)
def penalty_changed(_: Snapshots, event: PenaltyChanged) -> Iterator[Told]:
    """A member's penalty is another."""
    yield "QueueMemberPenalty", _member(event.queue, event.member)


@told_as(RingsInUseChanged, Privilege.AGENT)
def rings_in_use_changed(_: Snapshots, event: RingsInUseChanged) -> Iterator[Told]:
    """A member is called during calls, or not any more."""
    yield "QueueMemberRinginuse", _member(event.queue, event.member)


@told_as(MemberChanged, Privilege.AGENT)
def member_changed(_: Snapshots, event: MemberChanged) -> Iterator[Told]:
    """A member's device is in another state."""
    yield "QueueMemberStatus", _member(event.queue, event.member)


def _agent(
    view: Snapshots, queue: CallQueue, entry: Entry, member: Member, called: Channel | None
) -> HeaderList:
    return [
        *view.named(entry.channel),
        *(view.channel(called, "Dest") if called is not None else ()),
        ("Queue", queue.name),
        ("Interface", member.interface),
        ("MemberName", member.name),
    ]


@told_as(AgentCalled, Privilege.AGENT)
def agent_called(view: Snapshots, event: AgentCalled) -> Iterator[Told]:
    """A member's phone rings."""
    yield "AgentCalled", _agent(view, event.queue, event.entry, event.member, event.called)


@told_as(AgentDumped, Privilege.AGENT)
def agent_dumped(view: Snapshots, event: AgentDumped) -> Iterator[Told]:
    """A member hung up before the two talked."""
    yield "AgentDump", _agent(view, event.queue, event.entry, event.member, event.called)


@told_as(AgentDidNotAnswer, Privilege.AGENT)
def agent_did_not_answer(view: Snapshots, event: AgentDidNotAnswer) -> Iterator[Told]:
    """It rang in vain."""
    headers = _agent(view, event.queue, event.entry, event.member, event.called)
    yield "AgentRingNoAnswer", [*headers, ("RingTime", str(round(event.seconds * 1000)))]


@told_as(AgentConnected, Privilege.AGENT)
def agent_connected(view: Snapshots, event: AgentConnected) -> Iterator[Told]:
    """A member talks with a caller."""
    headers = _agent(view, event.queue, event.entry, event.member, event.called)
    times = [("RingTime", str(event.rang)), ("HoldTime", str(event.waited))]
    yield "AgentConnect", [*headers, *times]


@told_as(AgentCompleted, Privilege.AGENT)
def agent_completed(view: Snapshots, event: AgentCompleted) -> Iterator[Told]:
    """They have talked."""
    headers = _agent(view, event.queue, event.entry, event.member, event.called)
    times = [("HoldTime", str(event.waited)), ("TalkTime", str(event.talked))]
    yield "AgentComplete", [*headers, *times, ("Reason", event.reason)]
