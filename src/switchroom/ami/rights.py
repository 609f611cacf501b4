"""What even a user of the manager interface with rights may not do from outside."""

from __future__ import annotations

from switchroom.ami.privileges import Privilege
from switchroom.ami.reply import ActionError
from switchroom.ami.request import Request
from switchroom.dialplan.escalation import is_escalating
from switchroom.dialplan.registry import Function

#: Applications that reach beyond the call: who starts them needs the class ``system`` besides.
_ESCALATING = frozenset(
    {"agi", "asyncagi", "dbdel", "dbdeltree", "dbput", "deadagi", "eagi", "exec", "execif",
     "externalivr", "importvar", "mixmonitor", "monitor", "mset", "originate", "python",
     "record", "set", "setvar", "system", "tryexec", "trysystem"}
)  # fmt: skip


def may_start(request: Request, application: str) -> bool:
    """Whether whoever asks may have a call execute an application."""
    return bool(request.session.write & Privilege.SYSTEM) or (
        application.strip().lower() not in _ESCALATING
    )


def refuse_escalating(request: Request, name: str, *, writes: bool) -> None:
    """Refuse what reaches beyond the call, in words; what is within it is refused in silence."""
    found = request.pbx.dialplan.functions.get(name.upper()) if name else None
    if not isinstance(found, Function) or request.context.asterisk.live_dangerously:
        return
    side = found.writer if writes else found.reader
    if side is not None and is_escalating(side.run):
        raise ActionError(f"{name.upper()} is refused from outside (live_dangerously = no)")
