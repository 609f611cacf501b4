"""Scripts that drive calls (AGI)."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.agi_events import (
    AgiCommandEnded,
    AgiCommandStarted,
    AsyncAgiAnswered,
    AsyncAgiEnded,
    AsyncAgiStarted,
)


@told_as(AgiCommandStarted, Privilege.AGI)
def command_started(view: Snapshots, event: AgiCommandStarted) -> Iterator[Told]:
    """A script asks for something."""
    headers = view.named(event.channel)
    yield "AGIExecStart", [*headers, ("Command", event.command), ("CommandId", str(event.number))]


@told_as(AgiCommandEnded, Privilege.AGI)
def command_ended(view: Snapshots, event: AgiCommandEnded) -> Iterator[Told]:
    """What a script asked for was done."""
    code = event.answer[:3]
    yield (
        "AGIExecEnd",
        [
            *view.named(event.channel),
            ("Command", event.command),
            ("CommandId", str(event.number)),
            ("ResultCode", code),
            ("Result", "Success" if code == "200" else "Failure"),
        ],
    )


@told_as(AsyncAgiStarted, Privilege.AGI)
def started(view: Snapshots, event: AsyncAgiStarted) -> Iterator[Told]:
    """A call waits for commands of the manager interface."""
    yield "AsyncAGIStart", [*view.named(event.channel), ("Env", quote(event.facts, safe=""))]


@told_as(AsyncAgiAnswered, Privilege.AGI)
def answered(view: Snapshots, event: AsyncAgiAnswered) -> Iterator[Told]:
    """What such a call was asked for was done."""
    ticket = [("CommandID", event.command_id)] if event.command_id else []
    headers = view.named(event.channel)
    yield "AsyncAGIExec", [*headers, *ticket, ("Result", quote(event.answer, safe=""))]


@told_as(AsyncAgiEnded, Privilege.AGI)
def ended(view: Snapshots, event: AsyncAgiEnded) -> Iterator[Told]:
    """A call waits no more."""
    yield "AsyncAGIEnd", view.named(event.channel)
