"""``cc …``: who is called back when somebody is free."""

from __future__ import annotations

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.pbx.call_completion import CallCompletions, Completion


def _all(context: CliContext) -> list[tuple[Completion, str]]:
    completions = context.pbx.datastore(CallCompletions)
    return [
        *((each, "CALLER_OFFERED") for each in completions.offers.values()),
        *((each, "ACTIVE") for each in completions.requests),
    ]


@command("cc report status")
def report(context: CliContext, arguments: Arguments) -> str:
    """List the calls for which completion is offered, or requested."""
    if arguments:
        raise UsageError
    found = _all(context)
    lines = [f"{len(found)} Call completion transactions\n"]
    if found:
        lines += [f"{'Core ID':<8}{'Caller':<32}{'Status':<24}Devices\n", "-" * 78 + "\n"]
    for number, (each, status) in enumerate(found, start=1):
        lines.append(f"{number:<8}{each.agent:<32}{status:<24}{'&'.join(each.devices)}\n")
    return "".join(lines)


@command("cc cancel", "cc cancel core <core ID>", "cc cancel all")
def cancel(context: CliContext, arguments: Arguments) -> str:
    """Give up one of what ``cc report status`` lists, or all of it."""
    completions, found = context.pbx.datastore(CallCompletions), _all(context)
    match [each.lower() for each in arguments]:
        case ["all"]:
            chosen = [each for each, _ in found]
        case ["core", number] if number.isdigit():
            if not 0 < int(number) <= len(found):
                return f"There is no call completion {number}\n"
            chosen = [found[int(number) - 1][0]]
        case _:
            raise UsageError
    for each in chosen:
        completions.give_up(each)
    return "".join(f"Call completion for {each.agent} cancelled\n" for each in chosen)
