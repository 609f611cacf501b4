"""``cel show status``: which channel events are told, and to whom."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.records.cel import ChannelEvents
from switchroom.storage.cel_record import CelType


@command("cel show status")
def show_status(context: CliContext, arguments: Arguments) -> str:
    """Show which channel events are told, of which applications, and who takes them."""
    if arguments:
        raise UsageError
    events = context.pbx.datastore(ChannelEvents)
    if not events.is_on:
        return "CEL Logging: Disabled\n"
    rules = events.rules
    return "".join(
        [
            "CEL Logging: Enabled\n",
            *(f"CEL Tracking Event: {each}\n" for each in CelType if each in rules.events),
            *(f"CEL Tracking Application: {each}\n" for each in sorted(rules.applications)),
            *(f"CEL Event Subscriber: {each.name}\n" for each in events.backends),
        ]
    )
