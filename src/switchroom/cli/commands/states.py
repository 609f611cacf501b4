"""States: hints of extensions, devices and people that are set by hand."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.states.device_state import (
    CUSTOM,
    FAMILY,
    DeviceState,
    device_state,
    set_custom_state,
)
from switchroom.pbx.states.hints import Hint, extension_state, parse_hint
from switchroom.pbx.states.presence import CUSTOM as CUSTOM_PRESENCE
from switchroom.pbx.states.presence import FAMILY as PRESENCE_FAMILY
from switchroom.pbx.states.presence import parse_presence, presence, set_presence

_STATES = {
    DeviceState.NOT_INUSE: "Idle",
    DeviceState.INUSE: "InUse",
    DeviceState.BUSY: "Busy",
    DeviceState.UNAVAILABLE: "Unavailable",
    DeviceState.INVALID: "Unavailable",
    DeviceState.UNKNOWN: "Idle",
    DeviceState.RINGING: "Ringing",
    DeviceState.RINGINUSE: "InUse&Ringing",
    DeviceState.ONHOLD: "Hold",
}


def _row(context: CliContext, extension: str, name: str, hint: Hint) -> str:
    pbx = context.pbx
    state = _STATES[extension_state(pbx, hint)]
    shown = presence(pbx, hint.presence).state
    place = f"{extension}@{name}"
    return (
        f"{place:<30.30}: {hint.text:<60.60}  State:{state:<15.15} "
        f"Presence:{shown:<15.15} Watchers {1:>2}\n"
    )


@command("core show hints")
def show_hints(context: CliContext, arguments: Arguments) -> str:
    """List the extensions with a hint, and how they are."""
    if arguments:
        raise UsageError
    hints = [(e, c, parse_hint(text)) for c, e, text in context.pbx.dialplan.hints()]
    if not hints:
        return "There are no registered dialplan hints\n"
    rows = [_row(context, *each) for each in hints]
    title = "\n    -= Registered Asterisk Dial Plan Hints =-\n"
    return f"{title}{''.join(rows)}----------------\n- {len(rows)} hints registered\n"


@command(
    "core show hint",
    "core show hint <exten>",
    complete=lambda context, arguments: (
        () if arguments else {e for _, e, _ in context.pbx.dialplan.hints()}
    ),
)
def show_hint(context: CliContext, arguments: Arguments) -> str:
    """Show the hints of an extension, or of those that begin so."""
    if len(arguments) != 1:
        raise UsageError
    extension, _, place = arguments[0].partition("@")
    rows = [
        _row(context, e, c, parse_hint(text))
        for c, e, text in context.pbx.dialplan.hints()
        if e.startswith(extension) and (not place or c == place)
    ]
    if not rows:
        return f"No hints matching extension {arguments[0]}\n"
    count = f"{len(rows)} hint{'' if len(rows) == 1 else 's'} matching extension"
    return f"{''.join(rows)}{count} {arguments[0]}\n"


_RULE = "-" * 69 + "\n"


def _custom_list(title: str, rows: list[str]) -> str:
    head = f"--- {title} ".ljust(69, "-")
    return f"\n{_RULE}{head}\n{_RULE}---\n" + "".join(rows) + f"{_RULE}{_RULE}\n"


@command("devstate list")
def list_devices(context: CliContext, arguments: Arguments) -> str:
    """List the devices whose states are set by hand."""
    if arguments:
        raise UsageError
    rows = []
    for key, value in context.pbx.astdb.items(FAMILY):
        name = key.removeprefix(f"/{FAMILY}/")
        rows.append(f"--- Name: '{CUSTOM}:{name}'  State: '{value}'\n---\n")
    return _custom_list("Custom Device States", rows)


@command(
    "devstate change",
    "devstate change Custom:<name> <state>",
    complete=lambda _, arguments: (
        (f"{CUSTOM}:",) if not arguments else [str(each) for each in DeviceState]
    ),
)
async def change_device(context: CliContext, arguments: Arguments) -> str:
    """Set the state of a device by hand."""
    if len(arguments) != 2:
        raise UsageError
    kind, _, name = arguments[0].partition(":")
    if kind.lower() != CUSTOM.lower() or not name:
        return "The devstate command can only be used to set 'Custom' device states.\n"
    try:
        state = DeviceState(arguments[1].upper())
    except ValueError:
        return f"Invalid device state '{arguments[1]}'\n"
    await set_custom_state(context.pbx, name, state)
    return f"Changing {name} to {device_state(context.pbx, f'{CUSTOM}:{name}')}\n"


@command("presencestate list")
def list_presences(context: CliContext, arguments: Arguments) -> str:
    """List what is said of people by hand."""
    if arguments:
        raise UsageError
    rows = []
    for key, value in context.pbx.astdb.items(PRESENCE_FAMILY):
        name = key.removeprefix(f"/{PRESENCE_FAMILY}/")
        rows.append(f"--- Name: '{CUSTOM_PRESENCE}:{name}'  State: '{value}'\n---\n")
    return _custom_list("Custom Presence States", rows)


@command("presencestate change", "presencestate change CustomPresence:<name> <state[,…]>")
async def change_presence(context: CliContext, arguments: Arguments) -> str:
    """Say something of somebody by hand: state, subtype and message with commas."""
    if len(arguments) != 2:
        raise UsageError
    kind, _, name = arguments[0].partition(":")
    if kind.lower() != CUSTOM_PRESENCE.lower() or not name:
        return "The presencestate command can only be used to set 'CustomPresence' states.\n"
    new = parse_presence(arguments[1])
    if new is None:
        return "Invalid presence state\n"
    await set_presence(context.pbx, name, new)
    return f"Changing {name} to {arguments[1]}\n"
