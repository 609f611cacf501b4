"""A simulated call as data: what ``switchroom simulate --json`` prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from switchroom.tools.simulate.ending import ending_of
from switchroom.tools.simulate.simulation import SimulatedCall
from switchroom.tools.simulate.trace import (
    Dialled,
    Entry,
    Executed,
    Heard,
    Keyed,
    Logged,
    Outside,
    Stored,
    seconds,
)


def entry_as_data(entry: Entry) -> dict[str, Any]:
    """One entry of the trace."""
    head = {"at": seconds(entry.at), "kind": entry.kind, "channel": entry.channel}
    return head | entry.details()


def changed(
    call: SimulatedCall, of: Callable[[Executed], Mapping[str, str | None]]
) -> dict[str, str | None]:
    """What the steps of a call changed in the end, by name; None: no longer set."""
    found: dict[str, str | None] = {}
    for step in call.simulation.trace.of(Executed, call.channel.name):
        found.update(of(step))
    return dict(sorted(found.items()))


def stored(call: SimulatedCall) -> dict[str, str | None]:
    """What changed in the AstDB; None: deleted."""
    return {entry.key: entry.value for entry in call.simulation.trace.of(Stored)}


def call_as_data(call: SimulatedCall) -> dict[str, Any]:
    """Everything about a call."""
    simulation, channel = call.simulation, call.channel
    trace, ending = simulation.trace, ending_of(call)
    zone = datetime.now().astimezone().tzinfo
    began = datetime.fromtimestamp(simulation.now() - simulation.loop.time() + call.began_at, zone)
    return {
        "call": {
            "extension": call.incoming.extension,
            "context": call.incoming.context,
            "caller_id": call.caller_id,
            "channel": channel.name,
            "began": began.isoformat(timespec="seconds"),
        },
        "ended": {
            "by": str(ending.by),
            "why": ending.why,
            "at": seconds(ending.at),
            "cause": ending.cause,
            "cause_text": ending.cause_text,
        },
        "trace": [entry_as_data(entry) for entry in trace],
        "heard": [entry_as_data(entry) for entry in trace.of(Heard, channel.name)],
        "keyed": [entry_as_data(entry) for entry in trace.of(Keyed, channel.name)],
        "dialled": [entry_as_data(entry) for entry in trace.of(Dialled)],
        "outside": [entry_as_data(entry) for entry in trace.of(Outside)],
        "warnings": [entry_as_data(entry) for entry in trace.of(Logged) if entry.is_warning],
        "variables": changed(call, lambda step: step.changes),
        "globals": changed(call, lambda step: step.global_changes),
        "database": stored(call),
        "sounds_without_file": sorted(simulation.sounds.guessed),
    }
