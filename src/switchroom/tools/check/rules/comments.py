"""Comments to this check itself."""

from __future__ import annotations

from collections.abc import Iterable

from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule


@rule("SW901", Severity.INFO)
def unneeded_suppression(project: Project) -> Iterable[Problem]:
    """A suppression that silences nothing.

    What it was written for is gone, or its code is none. Left where it is, it would hide the next
    mistake.

    Wrong::

        [phones]
        exten => 100,1,Answer() ; switchroom: ignore SW301

    Right::

        [phones]
        exten => 100,1,Answer()
    """
    return ()  # who runs the rules knows which comments were needed, and reports these itself
