"""A dialplan as the text of an ``extensions.conf`` that says the same (``dialplan save``)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import (
    CONFIG_REGISTRAR,
    HINT,
    Context,
    Dialplan,
    Extension,
    Priority,
)


def as_extensions_conf(dialplan: Dialplan) -> str:
    """Write a dialplan; read again it gives the same contexts, variables and options."""
    return "\n".join(_lines(dialplan)) + "\n"


def own_part(dialplan: Dialplan) -> Dialplan:
    """What extensions.conf and the console said of a dialplan: no AEL, no Python."""
    builder = DialplanBuilder()
    for context in dialplan.contexts.values():
        steps = [
            (extension, priority)
            for extension in context.extensions.values()
            for priority in extension.priorities.values()
            if priority.made_by == CONFIG_REGISTRAR
        ]
        if not steps and context.made_by != CONFIG_REGISTRAR:
            continue
        part = builder.context(context.name)
        part.auto_hints = context.auto_hints
        part.includes += [i for i in context.includes if i.made_by == CONFIG_REGISTRAR]
        part.switches += [s for s in context.switches if s.made_by == CONFIG_REGISTRAR]
        if context.made_by == CONFIG_REGISTRAR:
            part.ignore_patterns += context.ignore_patterns
        for extension, priority in steps:
            builder.add(part, part.add(extension.name, extension.caller), priority)
    return replace(dialplan, contexts=builder.build().contexts)


def _lines(dialplan: Dialplan) -> Iterator[str]:
    yield "[general]"
    yield "static = yes"
    yield f"writeprotect = {_yes_no(not dialplan.may_be_saved)}"
    yield f"autofallthrough = {_yes_no(dialplan.auto_fall_through)}"
    yield f"clearglobalvars = {_yes_no(dialplan.clear_global_variables)}"
    if dialplan.priority_jumping:
        yield "priorityjumping = yes"
    if dialplan.override is not None:
        yield f"overrideswitch = {_escaped(str(dialplan.override))}"
    if dialplan.global_variables:
        yield ""
        yield "[globals]"
        for name, value in dialplan.global_variables.items():
            yield f"{name} = {_escaped(value)}"
    for context in dialplan.contexts.values():
        yield ""
        yield f"[{context.name}]"
        yield from _context(context)


def _context(context: Context) -> Iterator[str]:
    if context.auto_hints:
        yield "autohints = yes"
    for include in context.includes:
        yield f"include => {_escaped(include.text)}"
    for switch in context.switches:
        yield f"{switch.word} => {_escaped(str(switch))}"
    for pattern in context.ignore_patterns:
        yield f"ignorepat => {_escaped(pattern)}"
    for extension in context.extensions.values():
        yield from _extension(extension)


def _extension(extension: Extension) -> Iterator[str]:
    name = extension.name if extension.caller is None else f"{extension.name}/{extension.caller}"
    last = 0
    begin = f"exten => {_escaped(name)},"
    for number, priority in sorted(extension.priorities.items()):
        yield begin + _escaped(_priority(priority, follows=number == last + 1 and last > 0))
        begin = " same => "
        if number != HINT:
            last = number


def _priority(priority: Priority, *, follows: bool) -> str:
    if priority.number == HINT:
        return f"hint,{priority.application}"
    word = "n" if follows else str(priority.number)
    label = f"({priority.label})" if priority.label else ""
    return f"{word}{label},{priority.application}({priority.data})"


def _escaped(text: str) -> str:
    return text.replace(";", "\\;")


def _yes_no(value: bool) -> str:  # noqa: FBT001  # what it writes
    return "yes" if value else "no"
