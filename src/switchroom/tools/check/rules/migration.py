"""What means another thing after a step from one branch of Asterisk to another."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.base.release import parse_release
from switchroom.config.language.reader import Section
from switchroom.tools.check import facts
from switchroom.tools.check.calls import calls_to, place_of
from switchroom.tools.check.facts import Change
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.project import Project
from switchroom.tools.check.resources import all_resources
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word


@rule("SW326", Severity.WARNING)
def changed_on_the_way(project: Project) -> Iterator[Problem]:
    """Something that means another thing in the version that is moved to.

    Only with `--from` and `--to`. Each change is reported once, at its first place. What is gone
    altogether is SW321 to SW325's, whatever the versions.

    Wrong::

        [phones]
        exten => 100,1,ConfBridge(100,cM)
        ; features.conf
        [general]
        parkext = 700

    Right::

        [phones]
        exten => 100,1,ConfBridge(100)
        ; features.conf
        [general]
        transferdigittimeout = 3
    """
    if project.migration is None:
        return
    old, new = project.migration
    for change in facts.changes():
        if not old.branch_key < parse_release(change.since).branch_key <= new.branch_key:
            continue
        place = next(_places(project, change), None)
        if place is not None:
            yield Problem(place, f"since {change.since}: {change.text}")


def _places(project: Project, change: Change) -> Iterator[Place]:
    if change.application:
        for call in calls_to(project, change.application):
            if len(call.arguments()) >= change.arguments:
                yield place_of(project, call)
    elif change.function:
        for use in project.once(all_uses):
            if use.name == change.function and change.arguments_hold in use.arguments.text:
                yield use.place(project)
    elif change.technology:
        for resource in project.once(all_resources):
            if resource.key == change.technology:
                word = Word(resource.technology, resource.word.offset)
                yield place_of(project, resource.call, word)
    else:
        yield from _places_in_files(project, change)


def _places_in_files(project: Project, change: Change) -> Iterator[Place]:
    name, wanted, key = change.option
    for section in project.sections(change.file or name):
        if change.file:
            yield project.lines.whole(section.path, section.line)
        elif wanted in {"*", section.name.lower()}:
            yield from _entries(project, section, key, change.value)


def _entries(project: Project, section: Section, key: str, value: str) -> Iterator[Place]:
    for entry in section.entries:
        if entry.name.lower() == key and value in {"", entry.value.strip().lower()}:
            yield project.lines.whole(entry.path, entry.line)
