"""``phoneprov show routes``: what phones fetch, and from what it is made."""

from __future__ import annotations

from switchroom.channels.sip.provisioning import Provisioning
from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command


@command("phoneprov show routes")
async def show_routes(context: CliContext, arguments: Arguments) -> str:
    """List the files that phones fetch."""
    if arguments:
        raise UsageError
    routes = (await context.pbx.datastore(Provisioning).routes()).items()
    fixed = [f"{name:<40.40}  {each.file.source:<30}" for name, each in routes if each.line is None]
    filled = [f"{name:<40.40}  {each.file.source:<30}" for name, each in routes if each.line]
    heading = f"{'Relative URI':<40}  {'Physical location':<30}"
    lines = ["Static routes", "", heading, *sorted(fixed), ""]
    heading = f"{'Relative URI':<40}  {'Template':<30}"
    lines += ["Dynamic routes", "", heading, *sorted(filled)]
    return "\n".join(line.rstrip() for line in lines) + "\n"
