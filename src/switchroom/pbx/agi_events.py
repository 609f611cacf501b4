"""What programs that drive calls do: events of AGI."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AgiCommandStarted:
    """A script asks for something (AMI: AGIExecStart)."""

    channel: str
    unique_id: str
    command: str
    number: int  #: the same when it was done


@dataclass(frozen=True, slots=True)
class AgiCommandEnded:
    """What a script asked for was done (AMI: AGIExecEnd)."""

    channel: str
    unique_id: str
    command: str
    number: int
    answer: str


@dataclass(frozen=True, slots=True)
class AsyncAgiStarted:
    """A call waits for commands over the manager interface (AMI: AsyncAGIStart)."""

    channel: str
    unique_id: str
    facts: str  #: as a script reads them


@dataclass(frozen=True, slots=True)
class AsyncAgiAnswered:
    """What the manager interface asked a call for was done (AMI: AsyncAGIExec)."""

    channel: str
    unique_id: str
    command_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class AsyncAgiEnded:
    """A call waits for no further commands (AMI: AsyncAGIEnd)."""

    channel: str
    unique_id: str
