"""``parking show``: the lots, and who is parked."""

from __future__ import annotations

import asyncio

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.parking.lots import lots_of


@command("parking show", "parking show [<lot>]")
def show(context: CliContext, arguments: Arguments) -> str:
    """List the parking lots, or one lot with the calls that are parked in it."""
    lots = lots_of(context.pbx).lots
    if not arguments:
        return "".join(f"Lot: {name}\n" for name in lots)
    if len(arguments) > 1:
        raise UsageError
    lot = lots.get(arguments[0])
    if lot is None:
        return f"Could not find parking lot '{arguments[0]}'\n"
    settings = lot.settings
    unused = " (comebacktoorigin=yes, not used)" if settings.to_origin else ""
    lines = [
        "",
        f"Parking Lot: {settings.name}",
        "-" * 50,
        *([f"Parking Extension   :  {settings.extension}"] if settings.extension else ()),
        f"Parking Context     :  {settings.context}",
        f"Parking Spaces      :  {settings.first}-{settings.last}",
        f"Parking Time        :  {settings.parking_time:.0f} sec",
        f"Comeback to Origin  :  {'yes' if settings.to_origin else 'no'}",
        f"Comeback Context    :  {settings.comeback_context}{unused}",
        f"Comeback Dial Time  :  {settings.dial_time:.0f} sec",
        f"MusicOnHold Class   :  {settings.music}",
        "Enabled             :  yes",
        "",
    ]
    if not lot.calls:
        return "\n".join([*lines, "(No parked users)", "", ""])
    lines += ["Parked Calls", "-" * 12, ""]
    now = asyncio.get_running_loop().time()
    for space, parked in sorted(lot.calls.items()):
        left = f"{max(parked.ends_at - now, 0):.0f} sec" if parked.ends_at else "none"
        lines += [
            f"  Space               :  {space}",
            f"  Channel             :  {parked.call.channel.name}",
            f"  Parker Dial String  :  {parked.parker}",
            f"  Time Left           :  {left}",
            "",
        ]
    return "\n".join(lines) + "\n"
