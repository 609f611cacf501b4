"""``processes …``: the helper programs that the node looks after."""

from __future__ import annotations

import json
from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.ops.processes.supervisor import Processes, SupervisedProcess


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else context.pbx.datastore(Processes)


@command("processes show", "processes show [json]")
def show(context: CliContext, arguments: Arguments) -> str:
    """List the helper programs of processes.conf: since when they run, how much they use."""
    processes = context.pbx.datastore(Processes).values()
    if list(arguments) == ["json"]:
        return json.dumps([_described(each) for each in processes], indent=2) + "\n"
    if arguments:
        raise UsageError
    if not processes:
        return "No processes (processes.conf names them)\n"
    lines = [
        f"{'Name':<20} {'State':<8} {'PID':>7} {'Since':<19} {'Restarts':>8} {'MiB':>6}  Last end\n"
    ]
    for each in processes:
        since = f"{each.started_at:%Y-%m-%d %H:%M:%S}" if each.pid and each.started_at else ""
        lines.append(
            f"{each.plan.name:<20} {each.state.value:<8} {each.pid or '':>7} {since:<19}"
            f" {each.restarts:>8} {each.memory >> 20 if each.pid else '':>6}  {each.last_end}\n"
        )
    return "".join(lines)


def _described(process: SupervisedProcess) -> dict[str, object]:
    return {
        "name": process.plan.name,
        "command": list(process.plan.command),
        "state": process.state.value,
        "pid": process.pid or None,
        "since": process.started_at.isoformat() if process.started_at else None,
        "restarts": process.restarts,
        "memory": process.memory,
        "last_end": process.last_end,
    }


@command("processes start", "processes start <name>", complete=_names)
def start(context: CliContext, arguments: Arguments) -> str:
    """Start a helper program."""
    process = _process(context, arguments)
    process.start()
    return f"{process.plan.name} is being started\n"


@command("processes stop", "processes stop <name>", complete=_names)
def stop(context: CliContext, arguments: Arguments) -> str:
    """End a helper program; it stays ended until it is started or the node is."""
    process = _process(context, arguments)
    process.stop()
    return f"{process.plan.name} is being stopped\n"


@command("processes restart", "processes restart <name>", complete=_names)
def restart(context: CliContext, arguments: Arguments) -> str:
    """End a helper program and start it again."""
    process = _process(context, arguments)
    process.restart()
    return f"{process.plan.name} is being restarted\n"


def _process(context: CliContext, arguments: Arguments) -> SupervisedProcess:
    if len(arguments) != 1:
        raise UsageError
    process = context.pbx.datastore(Processes).get(arguments[0])
    if process is None:
        raise CommandFailedError(f"there is no process {arguments[0]!r} in processes.conf")
    return process
