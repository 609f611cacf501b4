"""Sounds that are played and that nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call, calls_to, place_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.jumps import options_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.wording import did_you_mean, near

#: Which argument of an application holds sounds, joined by ``&``.
_SOUNDS_AT = {
    "playback": 0, "background": 0, "read": 1, "controlplayback": 0, "readexten": 1, "queue": 3,
    "speechbackground": 0, "backgrounddetect": 0, "retrydial": 0,
}  # fmt: skip
#: Applications whose option ``A(x)`` is a sound.
_ANNOUNCES = {"dial": 2, "page": 1}


@rule("SW501", Severity.WARNING)
def no_such_sound(project: Project) -> Iterator[Problem]:
    """A sound that nobody has.

    Looked for in the folders given with `--sounds`, in the sounds folder of asterisk.conf and
    among the names of the sound sets. A name that comes near a known one, and any name when there
    is a folder to look into, is a warning; otherwise it is a note: the file may lie elsewhere.

    Wrong::

        [phones]
        exten => 100,1,Playback(hello-wrold)

    Right::

        [phones]
        exten => 100,1,Playback(hello-world)
    """
    known = facts.prompts() | _in_folders(project.sounds)
    recorded = _recorded(project)
    for call in calls_to(project, *_SOUNDS_AT, *_ANNOUNCES):
        for word in _sounds(call):
            name = word.text
            if name in known or name in recorded or not _is_looked_for(word):
                continue
            is_certain = bool(project.sounds) or bool(near(name, known, cutoff=0.85))
            hint = did_you_mean(name, known, cutoff=0.85)
            place = place_of(project, call, word)
            severity = None if is_certain else Severity.INFO
            yield Problem(place, f"no sound is called {name}{hint}", severity)


def _sounds(call: Call) -> Iterator[Word]:
    if (at := _SOUNDS_AT.get(call.key)) is not None:
        yield from _joined(call.argument(at))
    if (at := _ANNOUNCES.get(call.key)) is not None:
        for letter, value in options_of(call, at):
            if letter.text == "A" and value is not None:
                yield from _joined(value)


def _joined(word: Word) -> Iterator[Word]:
    for part in texts.split_raw(word.text, "&"):
        yield part.shifted(word.offset).stripped()


def _is_looked_for(word: Word) -> bool:
    """Whether a name is one of a sound in a folder: not a path, an address, or put together."""
    text = word.text
    return bool(text) and word.is_constant and not text.startswith("/") and ":" not in text


def _in_folders(folders: tuple[Path, ...]) -> set[str]:
    """Names of the sounds below some folders, with and without the folder of a language."""
    found: set[str] = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file():
                parts = path.relative_to(folder).with_suffix("").parts
                found.add("/".join(parts))
                found.add("/".join(parts[1:]))
    return found


def _recorded(project: Project) -> set[str]:
    """What the dialplan itself records."""
    return {
        call.argument(0).text.partition(".")[0].partition(":")[0]
        for call in calls_to(project, "record", "mixmonitor", "monitor")
    }
