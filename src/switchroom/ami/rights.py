"""What even a user of the manager interface with rights may not do from outside."""

from __future__ import annotations

from switchroom.ami.reply import ActionError
from switchroom.ami.request import Request
from switchroom.dialplan.escalation import is_escalating
from switchroom.dialplan.registry import Function


def refuse_escalating(request: Request, name: str, *, writes: bool) -> None:
    """Refuse what reaches beyond the call, in words; what is within it is refused in silence."""
    found = request.pbx.dialplan.functions.get(name.upper()) if name else None
    if not isinstance(found, Function) or request.context.asterisk.live_dangerously:
        return
    side = found.writer if writes else found.reader
    if side is not None and is_escalating(side.run):
        raise ActionError(f"{name.upper()} is refused from outside (live_dangerously = no)")
