"""Arguments: how many, which words, which option letters, what can be written and read."""

from __future__ import annotations

from collections.abc import Iterator

from switchroom.tools.check import facts, texts
from switchroom.tools.check.calls import Call, all_calls, calls_to, place_of
from switchroom.tools.check.facts import ApplicationFacts, FunctionFacts
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.functions import all_uses
from switchroom.tools.check.jumps import options_of
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Word
from switchroom.tools.check.wording import did_you_mean, near, plural
from switchroom.tools.check.writes import all_writes


@rule("SW304", Severity.WARNING)
def unknown_option(project: Project) -> Iterator[Problem]:
    """An option letter that the application does not have.

    It is passed over, so what it was meant to do does not happen.

    Wrong::

        [phones]
        exten => 100,1,Dial(PJSIP/100,20,Yt)

    Right::

        [phones]
        exten => 100,1,Dial(PJSIP/100,20,t)
    """
    for key, known in facts.applications().items():
        if known.options_at is None:
            continue
        check = _letters if known.letters else _words
        for call in calls_to(project, key):
            for word in check(call, known):
                message = f"{known.name} has no option {word.text}"
                if not known.letters:
                    message += did_you_mean(word.text, known.words, cutoff=0.6)
                yield Problem(place_of(project, call, word), message)


def _letters(call: Call, known: ApplicationFacts) -> Iterator[Word]:
    assert known.options_at is not None
    if call.argument(known.options_at).text in known.words:
        return
    gone = facts.legacy_options().get(call.key, {})
    for letter, _ in options_of(call, known.options_at):
        if letter.text not in known.letters and letter.text not in gone:
            yield letter


def _words(call: Call, known: ApplicationFacts) -> Iterator[Word]:
    for word in call.arguments()[known.options_at :]:
        for part in texts.split_raw(word.text, "|"):
            each = part.shifted(word.offset).stripped()
            if each.text and each.is_constant and each.text.lower() not in known.words:
                yield each


@rule("SW305", Severity.WARNING)
def unknown_word(project: Project) -> Iterator[Problem]:
    """A word that a function does not know.

    Functions such as CALLERID, CHANNEL or CONFBRIDGE_INFO take one word of a fixed list. With
    another one they read as nothing, or as something else than was meant.

    Wrong::

        [phones]
        exten => 100,1,Verbose(1,${CONFBRIDGE_INFO(paries,100)} people are there)
         same => n,ConfBridge(100)

    Right::

        [phones]
        exten => 100,1,Verbose(1,${CONFBRIDGE_INFO(parties,100)} people are there)
         same => n,ConfBridge(100)
    """
    for use in project.once(all_uses):
        known = facts.functions().get(use.name)
        if known is None or not known.words:
            continue
        word = use.argument(known.words_at, known.separator)
        if word is None or not word.text or not word.is_constant or _has_word(known, word.text):
            continue
        if known.takes_others and not near(word.text, known.words):
            continue
        hint = did_you_mean(word.text, known.words, cutoff=0.6)
        yield Problem(use.place(project, word), f"{use.name} does not know {word.text!r}{hint}")


def _has_word(known: FunctionFacts, word: str) -> bool:
    return word.lower() in {each.lower() for each in known.words}


@rule("SW306", Severity.WARNING)
def wrong_count(project: Project) -> Iterator[Problem]:
    """Too few arguments, or more than are looked at.

    Too few: the application or function fails. Too many: the rest is passed over; often a comma
    was meant to be part of the text and needs a backslash.

    Wrong::

        [phones]
        exten => 100,1,Read(number)
         same => n,Playback()

    Right::

        [phones]
        exten => 100,1,Read(number)
         same => n,Playback(vm-goodbye)
    """
    for call in project.once(all_calls):
        known = facts.applications().get(call.key)
        if known is not None:
            message = _count(known.least, known.most, Word(call.data, 0), ",")
            if message:
                yield Problem(place_of(project, call), f"{known.name} {message}")
    for use in project.once(all_uses):
        about = facts.functions().get(use.name)
        if about is not None and about.separator == ",":
            message = _count(about.least, about.most, use.arguments, ",")
            if message:
                yield Problem(use.place(project), f"{use.name} {message}")


def _count(least: int, most: int | None, arguments: Word, separator: str) -> str:
    words = texts.split_raw(arguments.text, separator)
    count = len(words)
    if count < least and not texts.has_parts(arguments.text):
        return f"needs {plural(least, 'argument')}, here {'is' if count == 1 else 'are'} {count}"
    if most is not None and count > most and "|" not in arguments.text:
        return f"takes {plural(most, 'argument')}, here are {count}: the rest is passed over"
    return ""


@rule("SW307", Severity.ERROR)
def cannot_be_written(project: Project) -> Iterator[Problem]:
    """An assignment to something that can only be read.

    It fails and the value stays as it was.

    Wrong::

        [phones]
        exten => 100,1,Set(LEN(name)=3)

    Right::

        [phones]
        exten => 100,1,Set(length=${LEN(name)})
         same => n,Verbose(1,${length})
    """
    for use in project.once(all_uses):
        known = facts.functions().get(use.name)
        if known is None or not use.is_write:
            continue
        if "w" not in known.access:
            yield Problem(use.place(project), f"{use.name} can only be read")
            continue
        word = use.argument(known.words_at, known.separator)
        if word is not None and word.text.lower() in known.read_only_words:
            yield Problem(use.place(project, word), f"{use.name}({word.text}) can only be read")


@rule("SW308", Severity.ERROR)
def cannot_be_read(project: Project) -> Iterator[Problem]:
    """Reading a function that can only be written.

    It reads as nothing.

    Wrong::

        [phones]
        exten => 100,1,Verbose(1,${CDR_PROP(disable)})

    Right::

        [phones]
        exten => 100,1,Set(CDR_PROP(disable)=1)
    """
    for use in project.once(all_uses):
        known = facts.functions().get(use.name)
        if known is not None and not use.is_write and "r" not in known.access:
            yield Problem(use.place(project), f"{use.name} can only be written")


@rule("SW309", Severity.WARNING)
def built_in_variable(project: Project) -> Iterator[Problem]:
    """An assignment to a variable that the channel itself answers.

    `${EXTEN}`, `${CHANNEL}`, `${UNIQUEID}` and some others always say what is: a value that is set
    under their name is never seen.

    Wrong::

        [phones]
        exten => 100,1,Set(EXTEN=200)
         same => n,Goto(200,1)
        exten => 200,1,Answer()

    Right::

        [phones]
        exten => 100,1,Goto(200,1)
        exten => 200,1,Answer()
    """
    built_in = facts.variables()["built_in"]
    for write in project.once(all_writes):
        if not write.is_function and write.name in built_in:
            place = place_of(project, write.call, write.word)
            yield Problem(place, f"{write.name} is the channel's own: what is set is never seen")
