"""Calls of applications: that of a step, and those that it makes through ExecIf and its like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from switchroom.tools.check import texts
from switchroom.tools.check.finding import Place
from switchroom.tools.check.plan import Step
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word

MAX_DEPTH = 10  #: of ExecIf in ExecIf


@dataclass(slots=True, eq=False)
class Call:
    """One call of an application."""

    step: Step
    name: str  #: as written
    data: str  #: as written
    offset: int  #: of the data in that of the step
    name_at: int | None = None  #: offset of a nested call's name; None: it is the step's own
    key: str = field(init=False)  #: the name as applications are found by

    def __post_init__(self) -> None:
        self.key = self.name.lower()

    @property
    def is_nested(self) -> bool:
        """Whether another application makes this call."""
        return self.name_at is not None

    def arguments(self, most: int = 0) -> tuple[Word, ...]:
        """What stands between the commas; offsets are those in the call's data."""
        return texts.split_raw(self.data, ",", most)

    def argument(self, index: int) -> Word:
        """One argument without the blanks around it, empty where it is left out."""
        words = self.arguments()
        return words[index].stripped() if index < len(words) else Word("", len(self.data))


def place_of(project: Project, call: Call, word: Word | None = None) -> Place:
    """Where a word of a call's data stands; without a word, the application's name."""
    if word is not None:
        return project.at(call.step, call.offset + word.offset, len(word.text))
    if call.name_at is not None:
        return project.at(call.step, call.name_at, len(call.name))
    return project.lines.name(call.step)


def all_calls(project: Project) -> list[Call]:
    """Every call of the dialplan, nested ones behind the one that makes them."""
    return [call for step in project.plan.steps for call in calls_of(step)]


def _by_key(project: Project) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in project.once(all_calls):
        found.setdefault(call.key, []).append(call)
    return found


def calls_to(project: Project, *keys: str) -> Iterator[Call]:
    """The calls of some applications, named in small letters."""
    found = project.once(_by_key)
    for key in keys:
        yield from found.get(key, ())


def calls_of(step: Step) -> Iterator[Call]:
    """The call of a step, and those that it makes."""
    yield from _with_nested(Call(step, step.application, step.data, 0), 0)


def _with_nested(call: Call, depth: int) -> Iterator[Call]:
    yield call
    inner = _INNER.get(call.key)
    if inner is None or depth >= MAX_DEPTH:
        return
    for name, data in inner(call):
        if name.text:
            at = call.offset + name.offset
            nested = Call(call.step, name.text, data.text, call.offset + data.offset, at)
            yield from _with_nested(nested, depth + 1)


def parse_call(word: Word) -> tuple[Word, Word]:
    """``App(data)`` as name and data."""
    opening = word.text.find("(")
    if opening < 0:
        return word.stripped(), Word("", word.offset + len(word.text))
    closing = word.text.rfind(")")
    end = closing if closing > opening else len(word.text)
    name = Word(word.text[:opening], word.offset).stripped()
    return name, Word(word.text[opening + 1 : end], word.offset + opening + 1)


Inner = Iterator[tuple[Word, Word]]


def _of_branches(call: Call) -> Inner:
    branches = texts.split_branches(call.data)
    if branches is not None:
        for side in branches[1:]:
            yield parse_call(side)


def _of_all(call: Call) -> Inner:
    yield parse_call(Word(call.data, 0))


def _of_originate(call: Call) -> Inner:
    if call.argument(1).text.lower() == "app":
        yield call.argument(2), call.argument(3)


_INNER = {
    "execif": _of_branches,
    "execiftime": _of_branches,
    "exec": _of_all,
    "tryexec": _of_all,
    "originate": _of_originate,
}
