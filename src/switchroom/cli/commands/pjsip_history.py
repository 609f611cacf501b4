"""``pjsip set history``, ``pjsip show history``: SIP messages, kept for who looks at them later."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, CommandFailedError, UsageError, command
from switchroom.net.history import KeptMessage, history

_HEAD = (
    f"{'No.':<5} {'Timestamp':<10} {'(Dir) Address':<30} {'SIP Message':<35}\n"
    f"{'=' * 5} {'=' * 10} {'=' * 30} {'=' * 35}\n"
)
_USAGE = "pjsip show history [entry <num>|where [...]]"

Test = Callable[[KeptMessage], bool]

_FIELDS: Mapping[str, Callable[[KeptMessage], str | int]] = MappingProxyType(
    {
        "number": lambda each: each.number,
        "timestamp": lambda each: int(each.at),
        "addr": lambda each: each.address,
        "sip.msg.method": lambda each: each.method,
        "sip.msg.request.method": lambda each: each.method if each.is_request else "",
        "sip.msg.call-id": lambda each: each.header("call-id"),
    }
)
_OPERATORS: Mapping[str, Callable[[str | int, str | int], bool]] = MappingProxyType(
    {
        "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt,
        "<=": operator.le, ">": operator.gt, ">=": operator.ge,
        "like": lambda value, wanted: str(wanted).lower() in str(value).lower(),
    }
)  # fmt: skip


def _states(_: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else ("on", "off", "clear")


def _words(_: CliContext, arguments: Arguments) -> Iterable[str]:
    if not arguments:
        return ("entry", "where")
    return _FIELDS if arguments[0].lower() == "where" else ()


@command("pjsip set history", "pjsip set history {on|off|clear}", complete=_states)
def set_history(_: CliContext, arguments: Arguments) -> str:
    """Keep SIP messages, keep no more of them, or forget those that were kept.

    Passwords and keys are masked. The latest 20,000 are kept.
    """
    match [each.lower() for each in arguments]:
        case ["on"]:
            history.is_on = True
            return "PJSIP History enabled\n"
        case ["off"]:
            history.is_on = False
            return "PJSIP History disabled\n"
        case ["clear"]:
            history.clear()
            return "PJSIP History cleared\n"
        case _:
            raise UsageError


@command("pjsip show history", _USAGE, complete=_words)
def show_history(_: CliContext, arguments: Arguments) -> str:
    """List the SIP messages that were kept, or show one of them.

    ``where`` keeps those for which comparisons hold: ``number``, ``timestamp``, ``addr``,
    ``sip.msg.method``, ``sip.msg.request.method`` or ``sip.msg.call-id``, then ``=``, ``!=``,
    ``<``, ``<=``, ``>``, ``>=`` or ``like``, then a value; several with ``and`` or ``or`` between
    them, of which ``and`` binds more.
    """
    match list(arguments):
        case []:
            return _listed(history)
        case [word, number] if word.lower() == "entry" and number.isascii() and number.isdigit():
            found = next((each for each in history if each.number == int(number)), None)
            if found is None:
                raise CommandFailedError(f"Invalid entry '{number}'")
            return _whole(found)
        case [word, *rest] if word.lower() == "where" and rest:
            test = _test(rest)
            return _listed(each for each in history if test(each))
        case _:
            raise UsageError


def _listed(messages: Iterable[KeptMessage]) -> str:
    rows = [
        f"{each.number:05d} {int(each.at):<10} {'* ==>' if each.is_sent else '* <=='} "
        f"{each.address:<24.24} {each.summary:<35.60}".rstrip()
        + "\n"
        for each in messages
    ]
    return _HEAD + "".join(rows)


def _whole(message: KeptMessage) -> str:
    way = "Sent to" if message.is_sent else "Received from"
    title = f"<--- History Entry {message.number} {way} {message.address} at {int(message.at)} --->"
    return f"{title}\n{message.text.replace(chr(13), '').rstrip()}\n"


def _test(words: Iterable[str]) -> Test:
    """What an expression keeps.

    Raises:
        CommandFailedError: It is none.
    """
    groups: list[list[Test]] = [[]]
    rest = list(words)
    while True:
        groups[-1].append(_comparison(rest[:3]))
        joint, rest = rest[3:4], rest[4:]
        if not joint:
            return lambda each: any(all(test(each) for test in group) for group in groups)
        if joint[0].lower() == "or":
            groups.append([])
        elif joint[0].lower() != "and":
            raise CommandFailedError(f"Expected `and` or `or`, not '{joint[0]}'")


def _comparison(words: list[str]) -> Test:
    if len(words) != 3:
        raise CommandFailedError("Expected a field, an operator and a value")
    name, sign, text = words
    field, compare = _FIELDS.get(name.lower()), _OPERATORS.get(sign.lower())
    if field is None:
        raise CommandFailedError(f"Unknown field '{name}'")
    if compare is None:
        raise CommandFailedError(f"Unknown operator '{sign}'")
    is_number = name.lower() in {"number", "timestamp"}
    if is_number and not (text.isascii() and text.isdigit()):
        raise CommandFailedError(f"'{text}' is no number")
    wanted = int(text) if is_number else text
    return lambda each: compare(field(each), wanted)
