"""Extensions that features add to the dialplan as it was written: a parking lot's, for one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from switchroom.dialplan.model import HINT, Context, Dialplan, Priority
from switchroom.pbx.added_extension import AddedExtension


def with_additions(
    dialplan: Dialplan, additions: Mapping[str, Sequence[AddedExtension]]
) -> Dialplan:
    """A dialplan with what features add; what is written goes before, and stays as it is.

    Args:
        dialplan: As written, perhaps with what was added before.
        additions: By who adds them, as ``dialplan show`` calls it. What one of these added before
            is not there any more.
    """
    if not additions:
        return dialplan
    wanted = {added.context for lines in additions.values() for added in lines}
    contexts = dict(dialplan.contexts)
    for name, context in dialplan.contexts.items():
        made = (p.made_by for e in context.extensions.values() for p in e.priorities.values())
        if name in wanted or any(owner in additions for owner in made):
            contexts[name] = context.copy(frozenset(additions))
    for owner, lines in additions.items():
        for added in lines:
            target = contexts.get(added.context)
            if target is None:
                target = contexts[added.context] = Context(added.context, owner)
            number = HINT if added.is_hint else 1
            step = Priority(number, added.application, added.data, made_by=owner)
            target.add(added.extension).priorities.setdefault(number, step)
    for name, context in contexts.items():
        if context is not dialplan.contexts.get(name):
            context.index()
    return replace(dialplan, contexts=contexts)
