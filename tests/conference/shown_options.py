"""Stories that show what an option of a conference does, marked with the options that they show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.conference.audible_house import Story


@dataclass(frozen=True, slots=True)
class Shown:
    """A story, and what it shows.

    Args:
        options: Kind and name of each: ``user`` or ``bridge``.
        profiles: The text of ``confbridge.conf``.
        story: What happens.
    """

    options: frozenset[tuple[str, str]]
    profiles: str
    story: Story


def shows(
    kind: str, *options: str, u: str = "", b: str = "", more: str = ""
) -> Callable[[Story], Shown]:
    """Mark a story that shows options.

    Args:
        kind: ``user`` or ``bridge``.
        options: Their names.
        u: Lines of a user profile ``u``, with ``;`` between them.
        b: Lines of a bridge profile ``b``.
        more: Other sections.
    """
    text = f"[u]\ntype=user\n{u}\n[b]\ntype=bridge\n{b}\n{more}".replace(";", "\n")
    return lambda story: Shown(frozenset((kind, option) for option in options), text, story)
