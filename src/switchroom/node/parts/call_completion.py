"""``ccss.conf``: calling back when somebody is free."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.apps.dialing.answered import call_routine
from switchroom.base.text import leading_int
from switchroom.config.language.options import ConfigWarning, Warnings
from switchroom.config.language.reader import ConfigFile
from switchroom.node.part import Part
from switchroom.pbx.call_completion import CallCompletions, CompletionParameters, changed
from switchroom.pbx.pbx import Pbx

MAX_REQUESTS = 20


class CallCompletion(Part):
    """The file need not be there."""

    words = frozenset({"ccss"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        warnings = Warnings()
        self._defaults, self._most = CompletionParameters(), MAX_REQUESTS

        def take(file: ConfigFile) -> None:
            for entry in (e for s in file.sections if s.name == "general" for e in s.entries):
                name = entry.name.lower()
                if name == "cc_max_requests":
                    self._most = leading_int(entry.value) or MAX_REQUESTS
                    continue
                try:
                    found = changed(self._defaults, name, entry.value)
                except ValueError:
                    found = None
                if found is None:
                    warnings.add(f"{name} = {entry.value}: no effect", entry.path, entry.line)
                else:
                    self._defaults = found

        self.read_file("ccss.conf", take)
        return tuple(warnings.entries)

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        completions = pbx.datastore(CallCompletions)
        completions.defaults, completions.max_requests = self._defaults, self._most
        completions.call_routine = call_routine
