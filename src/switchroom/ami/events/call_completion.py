"""Calling back whoever was busy, or did not answer."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.ami.hub import Told, told_as
from switchroom.ami.privileges import Privilege
from switchroom.ami.snapshot import Snapshots
from switchroom.pbx.completion_events import CompletionEvent


@told_as(CompletionEvent, Privilege.CC)
def completion(_: Snapshots, event: CompletionEvent) -> Iterator[Told]:
    """One step of a completion."""
    yield f"CC{event.what}", [("CoreID", str(event.core)), *event.fields]
