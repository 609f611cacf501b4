"""Where the dialplan's functions are used: read in texts, written by assignments."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, all_calls
from switchroom.tools.check.finding import Place
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import all_writes


@dataclass(frozen=True, slots=True, eq=False)
class Use:
    """One use of a function."""

    call: Call  #: offsets are those in its data
    name: str
    name_at: int
    arguments: Word
    is_write: bool

    def argument(self, index: int, separator: str = ",") -> Word | None:
        """One argument without the blanks around it; None where it is left out."""
        words = texts.split_raw(self.arguments.text, separator)
        if index >= len(words):
            return None
        return words[index].shifted(self.arguments.offset).stripped()

    def place(self, project: Project, word: Word | None = None) -> Place:
        """Where a word of it stands; without a word, its name."""
        word = word or Word(self.name, self.name_at)
        return project.at(self.call.step, self.call.offset + word.offset, len(word.text))


def all_uses(project: Project) -> list[Use]:
    """Every use of a function whose name is written out."""
    return list(_uses(project))


def _uses(project: Project) -> Iterator[Use]:
    for call in project.once(all_calls):
        if call.is_nested:
            continue  # the outer call's data holds it
        for reference in texts.references(call.data):
            if reference.arguments is not None and reference.is_constant:
                words = Word(reference.arguments, reference.arguments_offset)
                name = Word(reference.name, reference.offset).stripped()
                yield Use(call, name.text, name.offset, words, is_write=False)
    for write in project.once(all_writes):
        if write.arguments is not None and not texts.has_parts(write.name):
            at = write.word.offset + max(write.word.text.find(write.name), 0)
            yield Use(write.call, write.name, at, write.arguments, is_write=True)


def odbc_names(project: Project) -> dict[str, str] | None:
    """Functions that func_odbc.conf defines, with their sections; None where it is not there."""
    if "func_odbc.conf" not in project.files:
        return None
    return {
        f"{section.get('prefix') or 'ODBC'}_{section.name}": section.name
        for section in project.sections("func_odbc.conf")
        if section.name != "general"
    }
