"""What happens in queues, on the bus."""

from __future__ import annotations

from dataclasses import dataclass

from switchroom.pbx.channel import Channel
from switchroom.queues.entry import Entry
from switchroom.queues.member import Member
from switchroom.queues.queue import CallQueue


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """A caller waits (AMI: QueueCallerJoin)."""

    queue: CallQueue
    entry: Entry
    position: int


@dataclass(frozen=True, slots=True)
class CallerLeft:
    """A caller waits no more (AMI: QueueCallerLeave)."""

    queue: CallQueue
    entry: Entry
    position: int


@dataclass(frozen=True, slots=True)
class CallerAbandoned:
    """A caller hung up (AMI: QueueCallerAbandon)."""

    queue: CallQueue
    entry: Entry
    position: int
    waited: int


@dataclass(frozen=True, slots=True)
class MemberAdded:
    """There is one more member (AMI: QueueMemberAdded)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class MemberRemoved:
    """A member is gone (AMI: QueueMemberRemoved)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class MemberPaused:
    """A member takes no calls, or takes them again (AMI: QueueMemberPause)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A member's device is in another state (AMI: QueueMemberStatus)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class PenaltyChanged:
    """A member's penalty is another (AMI: QueueMemberPenalty)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class RingsInUseChanged:
    """Whether a member is called during calls is otherwise (AMI: QueueMemberRinginuse)."""

    queue: CallQueue
    member: Member


@dataclass(frozen=True, slots=True)
class AgentDumped:
    """A member hung up before it talked with the caller (AMI: AgentDump)."""

    queue: CallQueue
    entry: Entry
    member: Member
    called: Channel


@dataclass(frozen=True, slots=True)
class AgentCalled:
    """A member's phone rings (AMI: AgentCalled)."""

    queue: CallQueue
    entry: Entry
    member: Member
    called: Channel


@dataclass(frozen=True, slots=True)
class AgentDidNotAnswer:
    """It rang in vain (AMI: AgentRingNoAnswer)."""

    queue: CallQueue
    entry: Entry
    member: Member
    called: Channel | None  #: None: no channel could be made to it
    seconds: float


@dataclass(frozen=True, slots=True)
class AgentConnected:
    """A member talks with a caller (AMI: AgentConnect)."""

    queue: CallQueue
    entry: Entry
    member: Member
    called: Channel
    waited: int
    rang: int


@dataclass(frozen=True, slots=True)
class AgentCompleted:
    """They have talked (AMI: AgentComplete)."""

    queue: CallQueue
    entry: Entry
    member: Member
    called: Channel
    waited: int
    talked: int
    reason: str  #: ``agent``, ``caller`` or ``transfer``
