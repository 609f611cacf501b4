"""What completing calls tells the node's bus."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CompletionEvent:
    """A step of one completion (AMI: CCAvailable, CCRequested …)."""

    what: str  #: the name of the event without ``CC``
    core: int  #: of the completion; counted
    fields: tuple[tuple[str, str], ...]  #: ``Caller``, ``Callee`` and what else is told
