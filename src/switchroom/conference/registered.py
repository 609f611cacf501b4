"""Extensions that stand in the dialplan while a conference is held: ``regcontext``."""

from __future__ import annotations

from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.pbx import Pbx

OWNER = "app_confbridge"


class RegisteredConferences:
    """Of a node, by ``pbx.datastore(RegisteredConferences)``."""

    def __init__(self) -> None:
        self._contexts: dict[str, str] = {}

    def add(self, pbx: Pbx, name: str, context: str) -> None:
        """Let ``context`` have an extension called as the conference."""
        self._contexts[name] = context
        self._apply(pbx)

    def remove(self, pbx: Pbx, name: str) -> None:
        """Take it out again, where it was."""
        if self._contexts.pop(name, None) is not None:
            self._apply(pbx)

    def _apply(self, pbx: Pbx) -> None:
        added = [AddedExtension(context, name, "NoOp") for name, context in self._contexts.items()]
        pbx.dialplan.add_extensions(OWNER, added)
