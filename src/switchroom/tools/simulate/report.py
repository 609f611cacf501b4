"""A simulated call as data: what ``switchroom simulate --json`` prints."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
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


def changed_variables(call: SimulatedCall) -> dict[str, str | None]:
    """The channel's variables that the call changed, by name; None: no longer set."""
    before = {name.lstrip("_") for name, _ in call.incoming.variables}
    return _changed(call, lambda step: step.changes, before)


def changed_globals(call: SimulatedCall) -> dict[str, str | None]:
    """The global variables that the call changed."""
    return _changed(
        call, lambda step: step.global_changes, call.simulation.dialplan.global_variables
    )


def _changed(
    call: SimulatedCall,
    of: Callable[[Executed], Mapping[str, str | None]],
    before: Collection[str],
) -> dict[str, str | None]:
    """What is different in the end; what came and went is not."""
    found: dict[str, str | None] = {}
    came_and_went: set[str] = set()
    for step in call.simulation.trace.of(Executed, call.channel.name):
        for name, value in of(step).items():
            if value is not None and name not in found and name not in before:
                came_and_went.add(name)
            found[name] = value
    gone = {name for name in came_and_went if found[name] is None}
    return {name: value for name, value in sorted(found.items()) if name not in gone}


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
        "variables": changed_variables(call),
        "globals": changed_globals(call),
        "database": stored(call),
        "sounds_without_file": sorted(simulation.sounds.guessed),
    }
