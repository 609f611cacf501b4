"""Whom a dialplan calls: ``Technology/resource`` in Dial and its like, with what it stands for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, calls_to
from switchroom.tools.check.plan import Step
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word
from switchroom.tools.check.variables import variables_of

#: Which argument of an application holds channels, joined by ``&``.
CHANNELS_AT = {
    "dial": 0, "page": 0, "retrydial": 3, "originate": 0, "chanisavail": 0, "addqueuemember": 1,
    "removequeuemember": 1, "pausequeuemember": 1, "unpausequeuemember": 1, "softhangup": 0,
}  # fmt: skip
#: Those that call somebody.
CALLING = frozenset({"dial", "page", "retrydial", "originate"})


@dataclass(frozen=True, slots=True, eq=False)
class Resource:
    """One channel that a call names."""

    call: Call
    word: Word  #: all of it, as written
    technology: str  #: as written; empty where it is put together at run time
    target: Word  #: what follows the slash

    @property
    def key(self) -> str:
        """The technology in small letters."""
        return self.technology.lower()

    @property
    def party(self) -> Word:
        """The endpoint or trunk: ``trunk`` of ``PJSIP/123@trunk`` and of ``SIP/trunk/123``."""
        first = self._segments[0]
        halves = texts.split_raw(first.text, "@", 2)
        return halves[1].shifted(first.offset) if len(halves) > 1 else first

    @property
    def number(self) -> Word | None:
        """What is dialled there: ``123`` of the same; None where the party itself is called."""
        first, *others = self._segments
        halves = texts.split_raw(first.text, "@", 2)
        if len(halves) > 1:
            return halves[0].shifted(first.offset)
        return others[0] if others else None

    @property
    def _segments(self) -> list[Word]:
        """What stands between the slashes."""
        words = texts.split_raw(self.target.text, "/", 2) or (Word("", 0),)
        return [word.shifted(self.target.offset) for word in words]


def all_resources(project: Project) -> list[Resource]:
    """Every channel that the dialplan names, those of hints left out."""
    return [each for call in calls_to(project, *CHANNELS_AT) for each in resources_of(call)]


def resources_of(call: Call) -> Iterator[Resource]:
    """The channels that one call names."""
    at = CHANNELS_AT.get(call.key)
    if at is None:
        return
    for part in texts.split_raw(call.argument(at).text, "&"):
        word = part.shifted(call.argument(at).offset).stripped()
        halves = texts.split_raw(word.text, "/", 2)
        if not word.text:
            continue
        if len(halves) < 2 or texts.has_parts(halves[0].text):
            yield Resource(call, word, "", word)
        else:
            yield Resource(call, word, halves[0].text, halves[1].shifted(word.offset))


class Folding:
    """Puts in what is known before any call: ``${EXTEN}`` of a literal, globals nobody changes."""

    def __init__(self, project: Project) -> None:
        variables = project.once(variables_of)
        self._globals = {
            setting.name: setting.value
            for setting in project.plan.global_variables
            if setting.name not in variables.writes
        }

    def fold(self, text: str, step: Step) -> str:
        """A text with what is known put in."""
        if not texts.has_parts(text):
            return text
        words: list[str] = []
        for piece in texts.pieces(text):
            end = piece.offset + len(piece.text) + piece.is_closed
            written = piece.text if piece.kind == "text" else text[piece.start : end]
            value = self._value(piece.text, step) if piece.kind == "variable" else None
            words.append(written if value is None else value)
        return "".join(words)

    def _value(self, inside: str, step: Step) -> str | None:
        if inside == "EXTEN" and not step.extension.startswith("_"):
            return step.extension
        name = inside.removeprefix("GLOBAL(").removesuffix(")")
        return self._globals.get(name)


def folding(project: Project) -> Folding:
    """Shared by all rules."""
    return Folding(project)


def folded(project: Project, resource: Resource) -> Resource:
    """A resource with what is known put in; its offsets are those of the resource as written."""
    step = resource.call.step
    text = project.once(folding).fold(resource.word.text, step)
    if text == resource.word.text:
        return resource
    technology, slash, target = text.partition("/")
    if not slash or texts.has_parts(technology):
        return resource
    return Resource(resource.call, resource.word, technology, Word(target, resource.word.offset))
