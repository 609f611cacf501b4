"""``mixmonitor …``: recordings of calls."""

from __future__ import annotations

from switchroom.cli.commands.channels import channel_names
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.channel import Channel
from switchroom.pbx.channel_search import find_channel
from switchroom.pbx.recordings.calls import CallRecordings


@command(
    "mixmonitor",
    "mixmonitor start <chan_name> [args]",
    "mixmonitor stop <chan_name> [id]",
    "mixmonitor list <chan_name>",
    complete=lambda context, arguments: (
        ("start", "stop", "list") if not arguments else channel_names(context, arguments[1:])
    ),
)
async def mixmonitor(context: CliContext, arguments: Arguments) -> str:
    """Record a call, end that, or list what records it; ``args`` are those of MixMonitor()."""
    if len(arguments) < 2 or arguments[0] not in {"start", "stop", "list"}:
        raise UsageError
    what, name, *rest = arguments
    channel = find_channel(context.pbx, name)
    if channel is None:
        return f"No channel matching '{name}' found.\n"
    if what == "list":
        return _listed(channel)
    application = "MixMonitor" if what == "start" else "StopMixMonitor"
    await context.pbx.dialplan.execute(channel, application, " ".join(rest))
    return ""


def _listed(channel: Channel) -> str:
    rows: list[tuple[str, ...]] = [("MixMonitor ID", "File", "Receive File", "Transmit File")]
    for each in channel.datastore(CallRecordings).running.values():
        plan = each.order.plan
        files = (str(path or "") for path in (plan.mixed, plan.said, plan.heard))
        rows.append((each.id, *files))
    return "".join(f"{row[0]:<20} {row[1]:<40} {row[2]:<40} {row[3]}\n" for row in rows)
