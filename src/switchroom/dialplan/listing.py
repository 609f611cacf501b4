"""The dialplan as ``dialplan show`` prints it (layout as recorded from 22)."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.dialplan.model import HINT, Context, Dialplan, Extension, Priority
from switchroom.dialplan.pattern import normalized


def list_dialplan(dialplan: Dialplan, context: str = "", extension: str = "") -> str:
    """List a dialplan, one context of it, or the extensions of a context that match a number.

    Args:
        dialplan: What is listed.
        context: Its name; empty: all, ordered by name.
        extension: A number or name; empty: all. Patterns that match it are listed too.

    Returns:
        The listing with its line of sums; empty when there is nothing of that name.
    """
    names = [context] if context else sorted(dialplan.contexts)
    parts: list[str] = []
    extensions = priorities = 0
    for name in names:
        found = dialplan.contexts.get(name)
        if found is None:
            return ""
        chosen = [e for e in ordered(found) if not extension or _is_meant(e, extension)]
        if extension and not chosen:
            continue
        extensions += len(chosen)
        priorities += sum(len(each.priorities) for each in chosen)
        lines = [f"[ Context '{name}' created by '{found.made_by}' ]"]
        for each in chosen:
            lines += _extension_lines(each)
        if not extension:
            lines += _other_lines(found)
        parts.append("\n".join(lines) + "\n\n")
    if extension and not parts:
        return ""
    sums = (
        f"{_counted(extensions, 'extension')} ({_counted(priorities, 'priority', 'priorities')})"
        f" in {_counted(len(parts), 'context')}"
    )
    return "".join(parts) + f"-= {sums}. =-\n"


def ordered(context: Context) -> list[Extension]:
    """The extensions of a context in matching order: literals by name, then patterns."""
    return sorted(context.extensions.values(), key=_order)


def _order(extension: Extension) -> tuple[bool, object, str, bool, str]:
    pattern = extension.pattern
    rank: object = () if pattern is None else pattern.rank
    caller = extension.caller
    return (pattern is not None, rank, extension.name, caller is None, caller or "")


def _is_meant(extension: Extension, number: str) -> bool:
    if extension.pattern is not None and extension.pattern.matches(number):
        return True
    return normalized(extension.name) == normalized(number)


def _extension_lines(extension: Extension) -> Iterator[str]:
    head = f"'{extension.name}' =>"
    if extension.caller is not None:
        head = f"'{extension.name}' (CID match '{extension.caller}') => "
    for number in sorted(extension.priorities):
        priority = extension.priorities[number]
        first = head or (f"   [{priority.label}]" if priority.label else "")
        yield _line(first, _call(priority), priority.registrar)
        head = ""


def _call(priority: Priority) -> str:
    if priority.number == HINT:
        return f"hint: {priority.application}"
    return f"{priority.number}. {priority.application}({priority.data})"


def _other_lines(context: Context) -> Iterator[str]:
    for include in context.includes:
        yield _line("Include =>", f"'{include.text}'", include.made_by)
    for pattern in context.ignore_patterns:
        yield _line("Ignore pattern =>", f"'{pattern}'", context.made_by)
    for switch in context.switches:
        yield _line("Alt. Switch =>", f"'{switch}'", switch.made_by)


def _line(first: str, second: str, registrar: str) -> str:
    return f"  {first:<17} {second:<45} [{registrar}]"


def _counted(count: int, singular: str, plural: str = "") -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"
