"""Endpoints, queues, mailboxes and other things that are named and do not exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, calls_to, place_of
from switchroom.tools.check.finding import Place, Problem, Severity
from switchroom.tools.check.parties import parties_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.resources import all_resources, folded
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.wording import did_you_mean


@rule("SW241", Severity.ERROR)
def no_such_endpoint(project: Project) -> Iterator[Problem]:
    """An endpoint or peer that does not exist.

    Dial() of it ends at once with CHANUNAVAIL; a hint or a queue's member never becomes available.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/alcie)
        ; pjsip.conf
        [alice]
        type = endpoint
        context = phones
        auth = alice
        [alice]
        type = auth
        username = alice
        password = L3s7jd92Kq

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/alice)
        ; pjsip.conf
        [alice]
        type = endpoint
        context = phones
        auth = alice
        [alice]
        type = auth
        username = alice
        password = L3s7jd92Kq
    """
    parties = project.once(parties_of)
    if not parties.is_known or _is_realtime(project, "ps_endpoints", "sippeers"):
        return
    for place, device in (*_hinted(project), *_members(project)):
        technology, _, name = device.partition("/")
        is_sip = technology.lower() in {"pjsip", "sip"} and not texts.has_parts(name)
        if is_sip and name not in parties.by_name:
            hint = did_you_mean(name, parties.by_name)
            yield Problem(place, f"there is no endpoint {name}{hint}")
    for written in project.once(all_resources):
        resource = folded(project, written)
        if resource.key not in {"pjsip", "sip"}:
            continue
        party = resource.party
        name = party.text.strip()
        if not name or not party.is_constant or name in parties.by_name:
            continue
        if resource.key == "sip" and "." in name.partition(":")[0]:
            continue  # a host: chan_sip calls it without a peer
        hint = did_you_mean(name, parties.by_name)
        place = place_of(project, resource.call, resource.word)
        yield Problem(place, f"there is no endpoint {name}{hint}")


def _hinted(project: Project) -> Iterator[tuple[Place, str]]:
    """Devices whose state an extension shows."""
    for context in project.plan.contexts.values():
        for extension in context.extensions:
            for step in extension.hints:
                for device in step.application.partition(",")[0].split("&"):
                    place = project.lines.word(step.path, step.line, device, behind="hint")
                    yield place, device.strip()


def _members(project: Project) -> Iterator[tuple[Place, str]]:
    """Members of queues."""
    for section in project.sections("queues.conf"):
        for entry in section.entries:
            if entry.name.lower() == "member":
                device = entry.value.partition(",")[0].strip()
                yield project.lines.word(entry.path, entry.line, device, behind="="), device


def _is_realtime(project: Project, *families: str) -> bool:
    """Whether a database has such things too, so that nobody here knows them all."""
    return any(
        entry.name.lower() in families
        for section in project.sections("extconfig.conf")
        for entry in section.entries
    )


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of thing: how it is called, where it is defined, what is always there."""

    noun: str
    file: str
    realtime: str
    always: frozenset[str] = frozenset()


_QUEUE = _Kind("queue", "queues.conf", "queues")
_MAILBOX = _Kind("mailbox", "voicemail.conf", "voicemail")
_BRIDGE = _Kind("bridge profile", "confbridge.conf", "", frozenset({"default_bridge"}))
_USER = _Kind("user profile", "confbridge.conf", "", frozenset({"default_user"}))
_MENU = _Kind("menu", "confbridge.conf", "", frozenset({"default_menu", "sample_admin_menu"}))
_MUSIC = _Kind("class of music", "musiconhold.conf", "musiconhold", frozenset({"default"}))
_FOLLOW = _Kind("follow-me list", "followme.conf", "followme")

#: By application: which arguments name what.
_NAMED: Mapping[str, Mapping[int, _Kind]] = {
    "queue": {0: _QUEUE},
    "addqueuemember": {0: _QUEUE},
    "removequeuemember": {0: _QUEUE},
    "pausequeuemember": {0: _QUEUE},
    "unpausequeuemember": {0: _QUEUE},
    "voicemail": {0: _MAILBOX},
    "voicemailmain": {0: _MAILBOX},
    "confbridge": {1: _BRIDGE, 2: _USER, 3: _MENU},
    "musiconhold": {0: _MUSIC},
    "startmusiconhold": {0: _MUSIC},
    "followme": {0: _FOLLOW},
}


@rule("SW242", Severity.ERROR)
def no_such_thing(project: Project) -> Iterator[Problem]:
    """A queue, mailbox, conference profile or class of music that does not exist.

    Looked for in queues.conf, voicemail.conf, confbridge.conf, musiconhold.conf and followme.conf,
    where those are there and no database holds more of the kind.

    Wrong::

        [phones]
        exten => 100,1,Queue(suport)
        ; queues.conf
        [support]
        strategy = ringall

    Right::

        [phones]
        exten => 100,1,Queue(support)
        ; queues.conf
        [support]
        strategy = ringall
    """
    known = {kind: _known(project, kind) for kinds in _NAMED.values() for kind in kinds.values()}
    for call in calls_to(project, *_NAMED):
        for at, kind in _NAMED[call.key].items():
            names = known[kind]
            if names is None:
                continue
            for word in _words(call, at, kind):
                if word.text not in names:
                    place = place_of(project, call, word)
                    hint = did_you_mean(word.text, names)
                    yield Problem(place, f"there is no {kind.noun} {word.text}{hint}")


def _words(call: Call, at: int, kind: _Kind) -> Iterator[Word]:
    argument = call.argument(at)
    parts = texts.split_raw(argument.text, "&") if kind is _MAILBOX else (Word(argument.text, 0),)
    for part in parts:
        word = part.shifted(argument.offset).stripped()
        if not word.text or not word.is_constant:
            continue
        if kind is _MAILBOX and "@" not in word.text:
            word = Word(f"{word.text}@default", word.offset)
        yield word


def _known(project: Project, kind: _Kind) -> set[str] | None:
    """The names of all things of a kind; None where they are not known."""
    if kind.file not in project.files or (kind.realtime and _is_realtime(project, kind.realtime)):
        return None
    sections = [s for s in project.sections(kind.file) if s.name != "general"]
    if kind is _MAILBOX:
        return {
            f"{entry.name}@{section.name}"
            for section in sections
            if section.name != "zonemessages"
            for entry in section.entries
        }
    names = {section.name for section in sections}
    if kind.file == "confbridge.conf":
        word = kind.noun.partition(" ")[0]
        names = {section.name for section in sections if section.get("type") == word}
    return names | kind.always
