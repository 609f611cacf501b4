"""What the node is made of and busy with: tasks, handlers, address rules, formats, licence."""

from __future__ import annotations

import asyncio

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.config.acl import read_acl
from switchroom.config.language.reader import read_config
from switchroom.dialplan.hangup_handlers import HangupHandlers

MOST_TASKS = 200  #: that are listed
_LICENCE = (
    "Switchroom is under the Apache License, version 2.0:"
    " https://www.apache.org/licenses/LICENSE-2.0\n"
)
_FORMATS = (
    ("ulaw", "pcm", "pcm|ulaw|ul|mu|ulw"), ("alaw", "alaw", "alaw|al|alw"),
    ("gsm", "gsm", "gsm"), ("g722", "g722", "g722"), ("slin", "sln", "sln|raw"),
    ("slin16", "sln16", "sln16"), ("slin", "wav", "wav"), ("slin16", "wav16", "wav16"),
)  # fmt: skip


def _none(arguments: Arguments) -> None:
    if arguments:
        raise UsageError


@command("core show license")
def show_license(_: CliContext, arguments: Arguments) -> str:
    """Say under which terms this may be used."""
    _none(arguments)
    return _LICENCE


@command("core show warranty")
def show_warranty(_: CliContext, arguments: Arguments) -> str:
    """Say that there is none."""
    _none(arguments)
    return "Switchroom comes as it is, without warranties or conditions of any kind.\n" + _LICENCE


@command("core show threads", aliases=("core show taskprocessors",))
def show_threads(_: CliContext, arguments: Arguments) -> str:
    """List what the loop is busy with: a call is one task."""
    _none(arguments)
    names = sorted(task.get_name() for task in asyncio.all_tasks())
    more = len(names) - MOST_TASKS
    lines = [*names[:MOST_TASKS], *([f"... and {more} more"] if more > 0 else [])]
    return "".join(f"{line}\n" for line in lines) + f"{len(names)} threads listed.\n"


@command("core show file formats")
def show_file_formats(_: CliContext, arguments: Arguments) -> str:
    """List the kinds of sound files."""
    _none(arguments)
    rows = [f"{code:<10} {name:<10} {ends:<30}\n" for code, name, ends in _FORMATS]
    head = f"{'Format':<10} {'Name':<10} {'Extensions':<30}\n"
    return head + "".join(rows) + f"{len(rows)} file formats registered.\n"


@command("core show hanguphandlers all")
def show_all_handlers(context: CliContext, arguments: Arguments) -> str:
    """List the routines that wait for the ends of all calls."""
    _none(arguments)
    return _handlers(context, list(context.pbx.channels))


@command(
    "core show hanguphandlers",
    "core show hanguphandlers <channel>",
    complete=lambda context, arguments: () if arguments else tuple(context.pbx.channels),
)
def show_handlers(context: CliContext, arguments: Arguments) -> str:
    """List the routines that wait for the end of a call, the next one first."""
    if len(arguments) != 1:
        raise UsageError
    if arguments[0] not in context.pbx.channels:
        return f"Channel does not exist: {arguments[0]}\n"
    return _handlers(context, [arguments[0]])


def _handlers(context: CliContext, names: list[str]) -> str:
    lines = [f"{'Channel':<30} Handler"]
    for name in names:
        shown = name
        routines = context.pbx.channels[name].datastore(HangupHandlers).routines
        for routine in reversed(routines):
            where = ",".join(map(str, routine.place))
            given = f"({','.join(routine.arguments)})" if routine.arguments else ""
            lines.append(f"{shown:<30} {where}{given}")
            shown = ""
    return "".join(f"{line}\n" for line in lines)


@command("local show channels")
def show_local(context: CliContext, arguments: Arguments) -> str:
    """List the Local channels."""
    _none(arguments)
    names = [n for n in context.pbx.channels if n.startswith("Local/") and n.endswith(";1")]
    if not names:
        return "No local channels in use\n"
    rows = [
        f"{name} -- {context.pbx.channels[name].extension}@{context.pbx.channels[name].context}\n"
        for name in names
    ]
    return "".join(rows)


@command("acl show", "acl show [<name>]")
def show_acl(context: CliContext, arguments: Arguments) -> str:
    """List the address rules of acl.conf, or those of one list."""
    if len(arguments) > 1:
        raise UsageError
    path = context.pbx.directories.astetcdir / "acl.conf"
    rules = read_acl(read_config(path)) if path.exists() else {}
    if not arguments:
        return "acls:\n" + "".join(f"{name}\n" for name in rules)
    found = rules.get(arguments[0])
    if found is None:
        return f"Could not find the named ACL '{arguments[0]}'\n"
    lines = [
        f"   {number}: {'allow' if permits else 'deny'} - {net.network_address}/{net.netmask}"
        for number, (permits, net) in enumerate(found.rules)
    ]
    return f"\nName: {arguments[0]}\n---------------------------------------------\n" + "".join(
        f"{line}\n" for line in lines
    )
