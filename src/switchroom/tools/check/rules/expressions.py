"""Comparisons and conditions that do not compare what they seem to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from switchroom.tools.check import texts
from switchroom.tools.check.calls import Call, all_calls, calls_to, place_of
from switchroom.tools.check.comparisons import ARITHMETIC, COMPARISONS, Token, tokens
from switchroom.tools.check.emptiness import emptiness_of
from switchroom.tools.check.finding import Problem, Severity
from switchroom.tools.check.project import Project
from switchroom.tools.check.rule import rule
from switchroom.tools.check.texts import Piece, Word
from switchroom.tools.check.variables import variables_of

_CONDITIONAL = frozenset({"gotoif", "gosubif", "execif", "macroif", "gotoiftime", "execiftime"})
_TIMED = frozenset({"gotoiftime", "execiftime"})
_WHOLE_CONDITION = frozenset({"while", "if", "elseif", "exitif"})
_LOOKS_LIKE_COMPARISON = re.compile(r"[=<>!&|]")


def _expressions(project: Project) -> Iterator[tuple[Call, Piece, tuple[Token, ...]]]:
    for call in project.once(all_calls):
        if not call.is_nested and "$[" in call.data:
            for piece in texts.expressions(call.data):
                yield call, piece, tokens(piece.text)


def _pairs(found: tuple[Token, ...], operators: frozenset[str]) -> Iterator[tuple[Token, ...]]:
    """Operand, operator, operand where both operands are there."""
    for left, operator, right in zip(found, found[1:], found[2:], strict=False):
        is_between = operator.is_operator and not (left.is_operator or right.is_operator)
        if is_between and operator.text in operators:
            yield left, operator, right


def _word(piece: Piece, token: Token) -> Word:
    return Word(token.text, piece.offset + token.offset)


@rule("SW411", Severity.WARNING)
def quotes_on_one_side(project: Project) -> Iterator[Problem]:
    """A comparison with quotes on one side only.

    The quotes are part of what is compared: `"1" = 1` never holds, and `"5" < 10` compares texts.

    Wrong::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = 200]?yes,1:no,1)
        exten => yes,1,Answer()
        exten => no,1,Busy()

    Right::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200"]?yes,1:no,1)
        exten => yes,1,Answer()
        exten => no,1,Busy()
    """
    for call, piece, found in _expressions(project):
        for left, operator, right in _pairs(found, COMPARISONS):
            if left.is_quoted == right.is_quoted:
                continue
            quoted, bare = (left, right) if left.is_quoted else (right, left)
            place = place_of(project, call, _word(piece, bare))
            message = f"{quoted.text} has quotes and {bare.text} has none: they are never equal"
            if operator.text not in {"=", "==", "!="}:
                message = f"{quoted.text} has quotes: this compares texts, not numbers"
            yield Problem(place, message)


@rule("SW412", Severity.WARNING)
def operand_may_be_empty(project: Project) -> Iterator[Problem]:
    """An operand that can be empty.

    `$[${x} = 1]` is no expression when `x` is empty: it reads `$[ = 1]`, which is logged as an
    error and gives nothing that can be relied on. Put both sides into quotes, or a 0 in front of a
    number.

    Wrong::

        [phones]
        exten => 100,1,Read(choice,vm-press)
         same => n,GotoIf($[${choice} = 1]?yes,1)
        exten => yes,1,Answer()

    Right::

        [phones]
        exten => 100,1,Read(choice,vm-press)
         same => n,GotoIf($["${choice}" = "1"]?yes,1)
        exten => yes,1,Answer()
    """
    emptiness = project.once(emptiness_of)
    tested = project.once(_tested)
    for call, piece, found in _expressions(project):
        operands = {
            id(token): token
            for left, _, right in _pairs(found, COMPARISONS | ARITHMETIC)
            for token in (left, right)
        }
        for token in operands.values():
            if token.is_quoted or token.has_text or not token.parts:
                continue
            if (call.step.context, call.step.extension, token.text) in tested:
                continue
            if emptiness.of_operand(token.parts, call):
                place = place_of(project, call, _word(piece, token))
                message = f'{token.text} can be empty: write "{token.text}" or 0{token.text}'
                yield Problem(place, message)


def _tested(project: Project) -> set[tuple[str, str, str]]:
    """References that an extension asks about before, in one way or another."""
    found: set[tuple[str, str, str]] = set()
    for call in project.once(all_calls):
        step = call.step
        for reference in texts.references(call.data):
            if reference.name in {"ISNULL", "EXISTS", "LEN"} and reference.arguments:
                found.add((step.context, step.extension, reference.arguments.strip()))
        for piece in texts.expressions(call.data):
            for left, _, right in _pairs(tokens(piece.text), COMPARISONS):
                if '""' in {left.text, right.text}:
                    for token in (left, right):
                        found.add((step.context, step.extension, token.text.strip('"')))
    return found


@rule("SW413", Severity.WARNING)
def bare_name(project: Project) -> Iterator[Problem]:
    """The name of a variable where its value was meant.

    Without `${}` the word itself is compared.

    Wrong::

        [phones]
        exten => 100,1,Set(tries=0)
         same => n(again),Set(tries=$[${tries} + 1])
         same => n,GotoIf($[tries < 3]?again)

    Right::

        [phones]
        exten => 100,1,Set(tries=0)
         same => n(again),Set(tries=$[${tries} + 1])
         same => n,GotoIf($[${tries} < 3]?again)
    """
    variables = project.once(variables_of)
    for call, piece, found in _expressions(project):
        for pair in _pairs(found, COMPARISONS | ARITHMETIC):
            for token in (pair[0], pair[2]):
                if token.text in variables.writes and not token.parts:
                    place = place_of(project, call, _word(piece, token))
                    yield Problem(place, f"this is the word {token.text}; write ${{{token.text}}}")


@rule("SW414", Severity.WARNING)
def comparison_without_brackets(project: Project) -> Iterator[Problem]:
    """A condition that is compared by nobody.

    Only `$[…]` compares. `GotoIf(${x} = 1?…)` asks whether the text "5 = 1" is empty or 0: it is
    neither, so the condition always holds.

    Wrong::

        [phones]
        exten => 100,1,GotoIf(${CALLERID(num)} = 200?yes,1)
        exten => yes,1,Answer()

    Right::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200"]?yes,1)
        exten => yes,1,Answer()
    """
    for call in calls_to(project, *(_CONDITIONAL - _TIMED), *_WHOLE_CONDITION):
        condition = _condition(call)
        if condition is None:
            continue
        outside = "".join(p.text for p in texts.pieces(condition.text) if p.kind == "text")
        if _LOOKS_LIKE_COMPARISON.search(outside):
            place = place_of(project, call, condition.stripped())
            yield Problem(place, "nothing compares here: a comparison stands in $[ ]")


def _condition(call: Call) -> Word | None:
    if call.key in _WHOLE_CONDITION:
        return Word(call.data, 0)
    branches = texts.split_branches(call.data)
    return branches[0] if branches is not None else None


@rule("SW415", Severity.ERROR)
def no_branches(project: Project) -> Iterator[Problem]:
    """A condition without a `?`.

    It leads nowhere.

    Wrong::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200"],yes,1)
        exten => yes,1,Answer()

    Right::

        [phones]
        exten => 100,1,GotoIf($["${CALLERID(num)}" = "200"]?yes,1)
        exten => yes,1,Answer()
    """
    for call in calls_to(project, *_CONDITIONAL):
        if "?" in call.data or texts.is_open(call.data):
            continue
        yield Problem(place_of(project, call), f"{call.name} leads nowhere: it has no ?")
