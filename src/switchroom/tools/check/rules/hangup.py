"""The extension h: what it asks about, and what it does to a channel that is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, calls_to, place_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import writes_of

#: Which argument of an application names a thing, and of what kind.
_BY_APPLICATION = {
    "confbridge": ("conference", 0), "confkick": ("conference", 0), "meetme": ("MeetMe room", 0),
    "meetmecount": ("MeetMe room", 0), "meetmeadmin": ("MeetMe room", 0), "queue": ("queue", 0),
    "addqueuemember": ("queue", 0), "removequeuemember": ("queue", 0),
    "pausequeuemember": ("queue", 0), "unpausequeuemember": ("queue", 0), "queuelog": ("queue", 0),
    "voicemail": ("mailbox", 0), "voicemailmain": ("mailbox", 0),
}  # fmt: skip
#: The same for functions, with what separates their arguments.
_BY_FUNCTION = {
    "CONFBRIDGE_INFO": ("conference", 1, ","), "CONFBRIDGE_CHANNELS": ("conference", 1, ","),
    "MEETME_INFO": ("MeetMe room", 1, ","), "QUEUE_MEMBER": ("queue", 0, ","),
    "QUEUE_MEMBER_COUNT": ("queue", 0, ","), "QUEUE_MEMBER_LIST": ("queue", 0, ","),
    "QUEUE_WAITING_COUNT": ("queue", 0, ","), "QUEUE_VARIABLES": ("queue", 0, ","),
    "QUEUE_EXISTS": ("queue", 0, ","), "VM_INFO": ("mailbox", 0, ","),
    "VMCOUNT": ("mailbox", 0, ","), "GROUP_COUNT": ("group", 0, "@"), "LOCK": ("lock", 0, ","),
    "TRYLOCK": ("lock", 0, ","), "UNLOCK": ("lock", 0, ","),
}  # fmt: skip
#: Functions that only ask; the others, and all applications, make use of the thing.
_ASKING = frozenset(
    {"CONFBRIDGE_INFO", "CONFBRIDGE_CHANNELS", "MEETME_INFO", "GROUP_COUNT", "VM_INFO", "VMCOUNT"}
)
#: What needs somebody on the line.
_NEEDS_CALLER = frozenset(
    {"answer", "playback", "background", "read", "readexten", "waitexten", "dial", "retrydial"}
    | {"queue", "confbridge", "meetme", "voicemail", "voicemailmain", "record", "musiconhold"}
    | {"directory", "controlplayback", "authenticate", "saydigits", "saynumber", "sayalpha"}
    | {"sayphonetic", "sayunixtime", "senddtmf", "park", "transfer", "page", "bridge"}
)


@dataclass(frozen=True, slots=True, eq=False)
class _Mention:
    """A thing that a step names: a conference, a queue, a mailbox, a group, a lock."""

    kind: str
    call: Call
    word: Word
    is_question: bool


def _mentions(project: Project) -> list[_Mention]:
    found: list[_Mention] = []
    for key, (kind, at) in _BY_APPLICATION.items():
        for call in calls_to(project, key):
            names = _names(kind, call.argument(at))
            found += [_Mention(kind, call, name, is_question=False) for name in names]
    for use in project.once(all_uses):
        if use.name == "GROUP" and use.is_write:
            found += _groups(use.call)
            continue
        kind, at, separator = _BY_FUNCTION.get(use.name, ("", 0, ","))
        word = use.argument(at, separator) if kind else None
        if word is not None:
            asks = use.name in _ASKING
            found += [_Mention(kind, use.call, name, asks) for name in _names(kind, word)]
    return found


def _names(kind: str, word: Word) -> Iterator[Word]:
    """The names in an argument: several mailboxes, each perhaps with its context."""
    parts = texts.split_raw(word.text, "&") if kind == "mailbox" else (Word(word.text, 0),)
    for part in parts:
        name = texts.split_raw(part.text, "@") if kind == "mailbox" else (Word(part.text, 0),)
        if name and name[0].text:
            yield name[0].shifted(part.offset + word.offset)


def _groups(call: Call) -> Iterator[_Mention]:
    for write in writes_of(call):
        if write.name == "GROUP" and write.value.text.strip():
            name = texts.split_raw(write.value.text, "@")[0].shifted(write.value.offset)
            yield _Mention("group", call, name.stripped(), is_question=False)


@rule("SW231", Severity.WARNING)
def asks_about_another(project: Project) -> Iterator[Problem]:
    """An extension h that speaks of something else than its context does.

    What h cleans up is what the calls of its context used: a conference, a queue, a mailbox, a
    group, a lock. When every extension beside it says one name and h another one, h asks about a
    thing that has nothing to do with the call that ended, and its condition never changes.

    Wrong::

        [conferences]
        exten => 12345,1,ConfBridge(12345)
        exten => h,1,ExecIf($[0${CONFBRIDGE_INFO(parties,11111)} <= 1]?Verbose(1,the last one left))

    Right::

        [conferences]
        exten => 12345,1,ConfBridge(12345)
        exten => h,1,ExecIf($[0${CONFBRIDGE_INFO(parties,12345)} <= 1]?Verbose(1,the last one left))
    """
    plan = project.plan
    by_context: dict[str, list[_Mention]] = defaultdict(list)
    for mention in project.once(_mentions):
        by_context[mention.call.step.context].append(mention)
    for context in plan.contexts.values():
        if not context.named("h"):
            continue
        in_h = [m for m in by_context[context.name] if m.call.step.extension == "h"]
        # Calls that run this h: those of the context, of what it includes, of who includes it.
        names = {each.name for each in plan.family(context.name)}
        names.update(plan.including.get(context.name, ()))
        others = [m for name in names for m in by_context[name] if m.call.step.extension != "h"]
        for mention in in_h:
            used = [other for other in others if other.kind == mention.kind]
            if not _is_foreign(mention, used):
                continue
            here = ", ".join(sorted({other.word.text for other in used})[:3])
            place = place_of(project, mention.call, mention.word)
            message = f"h speaks of {mention.kind} {mention.word.text}, [{context.name}] of {here}"
            yield Problem(place, message)


def _is_foreign(mention: _Mention, used: list[_Mention]) -> bool:
    if not used or not mention.word.is_constant:
        return False
    return not any(texts.can_become(other.word.text, mention.word.text) for other in used)


@rule("SW232", Severity.WARNING)
def asks_about_unused(project: Project) -> Iterator[Problem]:
    """A question about something that nothing uses.

    How many are in a conference that nobody joins, how many are in a group that no channel gets
    into: the answer is always the same.

    Wrong::

        [conferences]
        exten => 100,1,Verbose(1,${CONFBRIDGE_INFO(parties,200)} people are there)
         same => n,ConfBridge(100)

    Right::

        [conferences]
        exten => 100,1,Verbose(1,${CONFBRIDGE_INFO(parties,100)} people are there)
         same => n,ConfBridge(100)
    """
    used: dict[str, list[_Mention]] = defaultdict(list)
    for mention in project.once(_mentions):
        if not mention.is_question:
            used[mention.kind].append(mention)
    for mention in project.once(_mentions):
        if not mention.is_question or mention.kind == "mailbox":
            continue
        if mention.call.step.extension != "h" and _is_foreign(mention, used[mention.kind]):
            place = place_of(project, mention.call, mention.word)
            yield Problem(place, f"nothing here uses the {mention.kind} {mention.word.text}")


@rule("SW233", Severity.WARNING)
def nobody_is_there(project: Project) -> Iterator[Problem]:
    """An extension h that speaks to the caller.

    When h runs the channel has hung up: nothing is played, nobody can be dialled or asked.

    Wrong::

        [phones]
        exten => 100,1,Answer()
        exten => h,1,Playback(vm-goodbye)

    Right::

        [phones]
        exten => 100,1,Answer()
         same => n,Playback(vm-goodbye)
        exten => h,1,Verbose(1,the call lasted ${CDR(billsec)} seconds)
    """
    for call in calls_to(project, *_NEEDS_CALLER):
        if call.step.extension == "h":
            message = f"{call.name} in h: the channel has hung up, nobody is there"
            yield Problem(place_of(project, call), message)
