"""Where calls lead: Goto, Gosub, Macro, Local channels, option letters with a place, and so on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, all_calls, parse_call
from switchroom.tools.check.project import Project
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import Write, all_writes

_RELATIVE = re.compile(r"[+-]\d+$")
_BETWEEN_LETTERS = frozenset(" \t,&")
_LOCAL = re.compile(r"Local/", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Jump:
    """One place that a call leads to; words are as written and may be put together at run time."""

    call: Call
    kind: str  #: ``goto``, ``gosub``, ``macro``, ``local`` or ``context``
    context: Word | None  #: None: the channel's own
    extension: Word | None  #: None: the channel's own
    priority: Word | None  #: None: 1
    arguments: Word | None = None  #: what a routine is given
    name: Word | None = None  #: what is written where a context stands for all of the place


def all_jumps(project: Project) -> list[Jump]:
    """Every jump of the dialplan."""
    found = [jump for call in project.once(all_calls) for jump in jumps_of(call)]
    for write in project.once(all_writes):
        found += _of_write(write)
    return found


def jumps_of(call: Call) -> Iterator[Jump]:
    """Where one call can lead."""
    leads = _LEADS.get(call.key)
    if leads is not None:
        yield from leads(call)


# places as text


def parse_place(call: Call, word: Word, kind: str, separator: str = ",") -> Jump | None:
    """``[[context,]extension,]priority``, with arguments in parentheses for a routine."""
    if not word.text.strip():
        return None
    words = [w.shifted(word.offset).stripped() for w in texts.split_raw(word.text, separator)]
    arguments = None
    if kind == "gosub" and words[-1].text.endswith(")"):
        words[-1], arguments = parse_call(words[-1])
    if len(words) > 3:
        return None
    if _RELATIVE.match(words[-1].text):
        return None
    context = words[-3] if len(words) > 2 and words[-3].text else None
    extension = words[-2] if len(words) > 1 and words[-2].text else None
    return Jump(call, kind, context, extension, words[-1], arguments)


def _place(kind: str) -> Callable[[Call], Iterator[Jump]]:
    def lead(call: Call) -> Iterator[Jump]:
        jump = parse_place(call, Word(call.data, 0), kind)
        if jump is not None:
            yield jump

    return lead


def _branches(kind: str) -> Callable[[Call], Iterator[Jump]]:
    def lead(call: Call) -> Iterator[Jump]:
        branches = texts.split_branches(call.data)
        for side in branches[1:] if branches is not None else ():
            jump = _macro(call, side) if kind == "macro" else parse_place(call, side, kind)
            if jump is not None:
                yield jump

    return lead


def _macro(call: Call, word: Word) -> Jump | None:
    words = texts.split_raw(word.text, ",", 2)
    if not words or not words[0].text.strip():
        return None
    name = words[0].shifted(word.offset).stripped()
    context = Word(f"macro-{name.text}", name.offset)
    arguments = words[1].shifted(word.offset) if len(words) > 1 else None
    return Jump(call, "macro", context, Word("s", name.offset), None, arguments, name)


def _macro_call(call: Call) -> Iterator[Jump]:
    jump = _macro(call, Word(call.data, 0))
    if jump is not None:
        yield jump


# channels


def locals_of(call: Call, word: Word) -> Iterator[Jump]:
    """The Local channels in ``Tech/resource&Tech/resource``."""
    for part in texts.split_raw(word.text, "&"):
        resource = part.shifted(word.offset).stripped()
        if not _LOCAL.match(resource.text):
            continue
        body = Word(resource.text[6:], resource.offset + 6)
        body = texts.split_raw(body.text, "/")[0].shifted(body.offset) if body.text else body
        halves = [w.shifted(body.offset) for w in texts.split_raw(body.text, "@", 2)]
        if not halves or (len(halves) == 1 and texts.has_parts(halves[0].text)):
            continue  # what stands in the variable may bring a context of its own
        if len(halves) > 1:
            yield Jump(call, "local", halves[1], halves[0], None)
        else:
            context = Word("default", body.offset)
            yield Jump(call, "local", context, halves[0], None, name=halves[0])


def options_of(call: Call, index: int) -> Iterator[tuple[Word, Word | None]]:
    """Option letters with what stands in their parentheses."""
    options = call.argument(index)
    position = 0
    while position < len(options.text):
        letter = Word(options.text[position], options.offset + position)
        position += 1
        if letter.text == "$" and options.text[position : position + 1] in {"{", "["}:
            return  # letters that are put together at run time
        value = None
        if options.text.startswith("(", position):
            end = _closing(options.text, position)
            value = Word(options.text[position + 1 : end], options.offset + position + 1)
            position = end + 1
        if letter.text not in _BETWEEN_LETTERS:
            yield letter, value


def _closing(text: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(text)):
        depth += (text[position] == "(") - (text[position] == ")")
        if depth == 0:
            return position
    return len(text)


_ROUTINE_LETTERS = frozenset("bB")
_PLACE_LETTERS = frozenset("FG")


def _of_options(call: Call, index: int) -> Iterator[Jump]:
    for letter, value in options_of(call, index):
        if value is None or not value.text.strip():
            continue
        jump = None
        separator = "^" if "^" in value.text else ","  # recorded: both are read (22)
        if letter.text in _ROUTINE_LETTERS:
            jump = parse_place(call, value, "gosub", separator)
        elif letter.text in _PLACE_LETTERS:
            jump = parse_place(call, value, "goto", separator)
        elif letter.text == "U":
            jump = _named_routine(call, texts.split_raw(value.text, "^")[0].shifted(value.offset))
        elif letter.text == "M" and call.key == "dial":
            jump = _macro(call, texts.split_raw(value.text, "^")[0].shifted(value.offset))
        if jump is not None:
            yield jump


def _named_routine(call: Call, name: Word) -> Jump | None:
    """A routine by its context alone; it begins at s,1."""
    word = name.stripped()
    if not word.text or "," in word.text:
        return parse_place(call, word, "gosub")
    return Jump(call, "gosub", word, Word("s", word.offset), None, None, word)


def _dial(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(0))
    yield from _of_options(call, 2)


def _retry_dial(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(3))
    yield from _of_options(call, 5)


def _page(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(0))
    yield from _of_options(call, 1)


def _queue(call: Call) -> Iterator[Jump]:
    yield from _of_options(call, 1)
    jump = _named_routine(call, call.argument(6))
    if jump is not None:
        yield jump


def _follow_me(call: Call) -> Iterator[Jump]:
    yield from _of_options(call, 1)


def _originate(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(0))
    if call.argument(1).text.lower() == "exten":
        extension, priority = call.argument(3), call.argument(4)
        yield Jump(
            call,
            "goto",
            call.argument(2),
            extension if extension.text else Word("s", call.argument(2).offset),
            priority if priority.text else None,
        )
    yield from _of_options(call, 6)


def _first_channel(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(0))


def _second_channel(call: Call) -> Iterator[Jump]:
    yield from locals_of(call, call.argument(1))


def _context_at(index: int) -> Callable[[Call], Iterator[Jump]]:
    def lead(call: Call) -> Iterator[Jump]:
        context = call.argument(index)
        if context.text:
            yield Jump(call, "context", context, None, None)

    return lead


def _redirect(call: Call) -> Iterator[Jump]:
    words = call.arguments(2)
    jump = parse_place(call, words[1], "goto") if len(words) > 1 else None
    if jump is not None and jump.extension is not None:
        yield jump


def _at_context(call: Call) -> Iterator[Jump]:
    """``extension@context``, several joined by ``&``, as the first argument."""
    argument = call.argument(0)
    for part in texts.split_raw(argument.text, "&"):
        halves = texts.split_raw(part.text, "@", 2)
        if len(halves) > 1 and halves[1].text.upper() != "PICKUPMARK":
            context = halves[1].shifted(part.offset + argument.offset)
            yield Jump(call, "context", context, None, None)


def _transfer_to(call: Call) -> Iterator[Jump]:
    extension, context = call.argument(0), call.argument(1)
    if context.text:
        yield Jump(call, "goto", context, extension, None)


_LEADS: dict[str, Callable[[Call], Iterator[Jump]]] = {
    "goto": _place("goto"),
    "gotoif": _branches("goto"),
    "gotoiftime": _branches("goto"),
    "gosub": _place("gosub"),
    "gosubif": _branches("gosub"),
    "macro": _macro_call,
    "macroexclusive": _macro_call,
    "macroif": _branches("macro"),
    "dial": _dial,
    "retrydial": _retry_dial,
    "page": _page,
    "queue": _queue,
    "followme": _follow_me,
    "originate": _originate,
    "addqueuemember": _second_channel,
    "chanisavail": _first_channel,
    "channelredirect": _redirect,
    "background": _context_at(3),
    "disa": _context_at(1),
    "directory": _context_at(1),
    "privacymanager": _context_at(3),
    "readexten": _context_at(2),
    "blindtransfer": _transfer_to,
    "extenspy": _at_context,
    "pickup": _at_context,
}

# variables and functions that lead somewhere once they are set

_CONTEXT_VARIABLES = frozenset(
    {
        "TRANSFER_CONTEXT",
        "FORWARD_CONTEXT",
        "EXITCONTEXT",
        "MEETME_EXIT_CONTEXT",
        "SPY_EXIT_CONTEXT",
    }
)
_HANDLERS = frozenset({"hangup_handler_push", "hangup_handler_wipe"})


def _of_write(write: Write) -> Iterator[Jump]:
    value = write.value.stripped()
    if not value.text:
        return
    jump: Jump | None = None
    if write.name in _CONTEXT_VARIABLES:
        jump = Jump(write.call, "context", value, None, None)
    elif write.name == "GOTO_ON_BLINDXFR":
        jump = parse_place(write.call, value, "goto", "^")
    elif write.name == "CHANNEL" and write.arguments is not None:
        item = write.arguments.text.strip().lower()
        if item in _HANDLERS:
            jump = parse_place(write.call, value, "gosub")
        elif item == "after_bridge_goto":
            jump = parse_place(write.call, value, "goto")
    if jump is not None:
        yield jump
