"""``bridge …`` and ``group …``: who talks with whom, and who counts with whom."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.cli.bridge_view import all_bridges
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.cli.text import clock_text
from switchroom.pbx.bridging.bridge import Bridge, Bridges, Departure, Left, party_of
from switchroom.pbx.groups import Groups
from switchroom.pbx.telling import request_hangup

_TECHNOLOGIES = (
    ("native_rtp", "Native", 90),
    ("holding_bridge", "Holding", 50),
    ("simple_bridge", "1to1Mix", 50),
    ("softmix", "MultiMix", 10),
)


def _ids(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else tuple(each.id for each in all_bridges(context.pbx))


@command("bridge show all")
def show_all(context: CliContext, arguments: Arguments) -> str:
    """List the bridges."""
    if arguments:
        raise UsageError
    now = context.clock()
    head = f"{'Bridge-ID':<36} {'Name':<36} {'Chans':>5} {'Type':<15} {'Technology':<15} Duration\n"
    rows = [
        f"{each.id:<36} {each.name:<36} {len(each.channels):>5} {each.kind:<15} "
        f"{each.technology:<15} {clock_text(now - each.created_at)}\n"
        for each in all_bridges(context.pbx)
    ]
    return head + "".join(rows)


def _found(context: CliContext, arguments: Arguments) -> Bridge | str:
    if len(arguments) != 1:
        raise UsageError
    found = context.pbx.datastore(Bridges).get(arguments[0])
    return f"Bridge '{arguments[0]}' not found\n" if found is None else found


@command("bridge show", "bridge show <bridge-id>", complete=_ids)
def show(context: CliContext, arguments: Arguments) -> str:
    """Show a bridge and who is in it."""
    if len(arguments) != 1:
        raise UsageError
    found = next((each for each in all_bridges(context.pbx) if each.id == arguments[0]), None)
    if found is None:
        return f"Bridge '{arguments[0]}' not found\n"
    lines = [
        f"Id: {found.id}",
        f"Type: {found.kind}",
        f"Technology: {found.technology}",
        f"Creator: {found.creator}",
        f"Name: {found.name}",
        f"Duration: {clock_text(context.clock() - found.created_at)}",
        f"Num-Channels: {len(found.channels)}",
        *(f"Channel: {each.name}" for each in found.channels),
    ]
    return "".join(f"{line}\n" for line in lines)


@command("bridge destroy", "bridge destroy <bridge-id>", complete=_ids)
def destroy(context: CliContext, arguments: Arguments) -> str:
    """End a bridge."""
    found = _found(context, arguments)
    if isinstance(found, str):
        return found
    found.end(Left(Departure.ENDED))
    return f"Destroying bridge '{arguments[0]}'\n"


@command("bridge kick", "bridge kick <bridge-id> <channel>", complete=_ids)
def kick(context: CliContext, arguments: Arguments) -> str:
    """Let a channel go from its bridge."""
    if len(arguments) != 2:
        raise UsageError
    channel = context.pbx.channels.get(arguments[1])
    if channel is None:
        return f"Channel '{arguments[1]}' not found\n"
    party = party_of(channel)
    if party is None or party.bridge is None or party.bridge.id != arguments[0]:
        return f"Channel '{arguments[1]}' is not in bridge '{arguments[0]}'\n"
    request_hangup(channel)
    return f"Kicking channel '{arguments[1]}' from bridge '{arguments[0]}'\n"


@command("bridge technology show")
def show_technologies(_: CliContext, arguments: Arguments) -> str:
    """List the ways of joining channels; the media engine chooses by need."""
    if arguments:
        raise UsageError
    head = f"{'Name':<20} {'Type':<20} {'Priority':>8} Suspended\n"
    rows = [f"{name:<20} {kind:<20} {rank:>8} No\n" for name, kind, rank in _TECHNOLOGIES]
    return head + "".join(rows)


@command("group show channels", "group show channels [pattern]")
def show_groups(context: CliContext, arguments: Arguments) -> str:
    """List the channels that count in groups."""
    if len(arguments) > 1:
        raise UsageError
    wanted = arguments[0].lower() if arguments else ""
    groups = context.pbx.datastore(Groups)
    rows = [
        f"{channel.name:<25}  {group.name:<20}  {group.category or '(default)':<20}\n"
        for channel in list(context.pbx.channels.values())
        for group in groups.of(channel)
        if wanted in group.name.lower()
    ]
    count = f"{len(rows)} active channel{'' if len(rows) == 1 else 's'}\n"
    return f"{'Channel':<25}  {'Group':<20}  {'Category':<20}\n" + "".join(rows) + count
