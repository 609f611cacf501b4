"""``queue explain``: why a caller gets this agent, and not that one."""

from __future__ import annotations

import json
from collections.abc import Iterable

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.queues.desk import Desks
from switchroom.queues.explaining import explain, text_of


def _names(context: CliContext, arguments: Arguments) -> Iterable[str]:
    desks = context.pbx.datastore(Desks)
    if not arguments:
        return desks
    desk = desks.get(arguments[0])
    return [entry.channel for entry in desk.queue.waiting] if desk and len(arguments) == 1 else ()


@command("queue explain", "queue explain <queue> [<caller>] [json]", complete=_names)
def queue_explain(context: CliContext, arguments: Arguments) -> str:
    """Say of each member why it gets a caller or not: now, and when it was last decided."""
    words = list(arguments)
    is_json = len(words) > 1 and words[-1] == "json"
    if is_json:
        words.pop()
    if not 1 <= len(words) <= 2:
        raise UsageError
    name, caller = [*words, ""][:2]
    desk = context.pbx.datastore(Desks).get(name)
    if desk is None:
        raise CommandFailedError(f"there is no queue {name!r}")
    desk.refresh_all()
    found = explain(desk.queue, caller, desk.now())
    if is_json:
        return json.dumps([each.to_dict() for each in found], indent=2) + "\n"
    if not found:
        who = f"no caller {caller!r} waits in it" if caller else "nobody waits"
        return f"{name}: {who}, and nothing was decided lately\n"
    return "\n".join(text_of(each) for each in found)
