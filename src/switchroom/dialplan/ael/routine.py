"""Compiles what one extension or macro does into the priorities of it and of its cases."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import singledispatchmethod

from switchroom.base.errors import ConfigError
from switchroom.dialplan.ael import MACRO_EXTENSION
from switchroom.dialplan.ael.sequence import Sequence, Target
from switchroom.dialplan.ael.syntax import (
    AelFile,
    Assignment,
    Block,
    Call,
    Case,
    Catch,
    Goto,
    If,
    Label,
    Leave,
    Loop,
    MacroCall,
    Statement,
    Switch,
    Where,
)
from switchroom.dialplan.arguments import separate
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax, commas_for_pipes

FIRST_OF_CASE = 10  #: the number of a case's first priority
SAVED = "~~EXTEN~~"  #: the variable that holds ``${EXTEN}`` while cases run
_EXTEN = re.compile(r"\$\{EXTEN(?=[:}])")


@dataclass(frozen=True, slots=True)
class _Around:
    """Where ``break`` and ``continue`` lead."""

    end: Target
    again: Target | None  #: None in a switch that no loop is around


class Routine:
    """One extension or macro.

    Args:
        file: Knows the macros.
        context: The name of the context, for remarks in the listing.
        next_switch: Gives each switch of the context its number.
        syntax: How old the calls of applications are.
        in_macro: Whether ``return`` comes back from a macro.
    """

    def __init__(
        self,
        file: AelFile,
        context: str,
        next_switch: Callable[[], int],
        *,
        syntax: Syntax = NEW_SYNTAX,
        in_macro: bool = False,
    ) -> None:
        self._file = file
        self._context = context
        self._next_switch = next_switch
        self._syntax = syntax
        self._in_macro = in_macro
        self._sequences: list[Sequence] = []
        self._around: list[_Around] = []
        self._end = Target()
        self._labels: dict[str, Target] = {}
        self._statements = 0
        self._in_case = False

    def compile(self, sequence: Sequence, body: Statement) -> list[Sequence]:
        """Write ``body`` to a sequence; returns it, the cases of its switches and what it catches.

        Raises:
            ConfigError: ``break`` outside of a loop, a macro that there is not.
        """
        self._sequences.append(sequence)
        pattern = sequence.name.startswith("_")
        sequence.reached_by = f"${{{SAVED}}}" if pattern else sequence.name
        if _has_switch(body):
            saved = f"LOCAL({SAVED})" if self._in_macro else SAVED
            sequence.add(body.where, "Set", f"{saved}=${{EXTEN}}")
        self._write(body, sequence)
        sequence.mark(self._end)
        if self._in_macro:
            sequence.add(body.where, "Return")
        elif sequence.pending or self._is_jumped_to(sequence):
            sequence.add(body.where, "NoOp", f"End of Extension {sequence.name}")
        return self._sequences

    def _is_jumped_to(self, sequence: Sequence) -> bool:
        """Whether some jump leads behind the last priority, where there must be one then."""
        behind = sequence.first + len(sequence.steps)
        return any(
            isinstance(piece, Target) and piece.sequence is sequence and piece.number == behind
            for each in self._sequences
            for step in each.steps
            for piece in step.pieces
        )

    # one statement

    @singledispatchmethod
    def _write(self, statement: Statement, to: Sequence) -> None:
        raise NotImplementedError(type(statement))

    @_write.register
    def _(self, block: Block, to: Sequence) -> None:
        for statement in block.statements:
            self._write(statement, to)

    @_write.register
    def _(self, call: Call, to: Sequence) -> None:
        arguments = self._reading(call.arguments)
        to.add(call.where, *self._syntax.modern(call.application, arguments))

    @_write.register
    def _(self, call: MacroCall, to: Sequence) -> None:
        if call.macro not in self._file.macros:
            near = difflib.get_close_matches(call.macro, self._file.macros, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise _error(f"there is no macro {call.macro}{hint}", call.where)
        arguments = self._reading(call.arguments)
        if self._syntax.pipes:
            arguments = commas_for_pipes(arguments)
        words = separate(arguments, keep_quotes=True)
        arguments = ",".join(word.strip() for word in words)
        to.add(call.where, "Gosub", f"{call.macro},{MACRO_EXTENSION},1({arguments})")

    @_write.register
    def _(self, assignment: Assignment, to: Sequence) -> None:
        name = f"LOCAL({assignment.name})" if assignment.is_local else assignment.name
        value = self._reading(assignment.value)
        to.add(assignment.where, "Set", f"{self._reading(name)}=$[{value}]")

    @_write.register
    def _(self, label: Label, to: Sequence) -> None:
        to.mark(self._label(label.name))
        to.pending.append(label.name)

    @_write.register
    def _(self, catch: Catch, to: Sequence) -> None:
        routine = Routine(
            self._file,
            self._context,
            self._next_switch,
            syntax=self._syntax,
            in_macro=self._in_macro,
        )
        self._sequences += routine.compile(Sequence(catch.extension), catch.body)

    @_write.register
    def _(self, statement: Goto, to: Sequence) -> None:
        if len(statement.place) == 1 and "$" not in statement.place[0]:
            to.add(statement.where, "Goto", self._label(statement.place[0]))
        else:
            to.add(statement.where, "Goto", self._reading(",".join(statement.place)))

    def _label(self, name: str) -> Target:
        return self._labels.setdefault(name, Target(label=name))

    def _reading(self, text: str) -> str:
        """A text as it reads in a case, where ``${EXTEN}`` is the case's own name."""
        return _EXTEN.sub(f"${{{SAVED}", text) if self._in_case else text

    def _finish(self, to: Sequence, where: Where, what: str, end: Target) -> None:
        """The step that jumps to the end of a statement lead to."""
        self._statements += 1
        to.mark(end)
        to.add(where, "NoOp", f"Finish {what}_{self._context}_{self._statements}")

    # conditions and loops

    @_write.register
    def _(self, statement: If, to: Sequence) -> None:
        then, otherwise, end = Target(), Target(), Target()
        application, condition = self._condition(statement)
        to.add(statement.where, application, condition, "?", then, ":", otherwise)
        to.mark(then)
        self._write(statement.then, to)
        if statement.otherwise is not None:
            to.add(statement.where, "Goto", end)
            self._settle(to, statement.where)
            to.mark(otherwise)
            self._write(statement.otherwise, to)
        else:
            self._settle(to, statement.where)
            to.mark(otherwise)
        self._finish(to, statement.where, statement.kind.lower(), end)

    def _settle(self, to: Sequence, where: Where) -> None:
        """Give labels at the end of a branch a priority within it."""
        if to.pending:
            to.add(where, "NoOp")

    def _condition(self, statement: If) -> tuple[str, str]:
        condition = self._reading(statement.condition)
        match statement.kind:
            case "ifTime":
                return "GotoIfTime", condition.replace("|", ",")
            case "random":
                return "GotoIf", f"$[${{RAND(0,99)}} < ({condition})]"
            case "if":
                return "GotoIf", f"$[{condition}]"

    @_write.register
    def _(self, statement: Loop, to: Sequence) -> None:
        test, body, each, end = Target(), Target(), Target(), Target()
        if statement.first is not None:
            self._write(statement.first, to)
        self._settle(to, statement.where)
        to.mark(test)
        condition = self._reading(statement.condition) or "1"
        to.add(statement.where, "GotoIf", f"$[{condition}]?", body, ":", end)
        to.mark(body)
        self._around.append(_Around(end, each))
        self._write(statement.body, to)
        self._around.pop()
        self._settle(to, statement.where)
        to.mark(each)
        if statement.each is not None:
            self._write(statement.each, to)
        to.add(statement.where, "Goto", test)
        self._finish(to, statement.where, statement.kind, end)

    @_write.register
    def _(self, statement: Leave, to: Sequence) -> None:
        if statement.kind == "return":
            if self._in_macro:
                to.add(statement.where, "Return")
            else:
                to.add(statement.where, "Goto", self._end)
            return
        target = None
        if self._around:
            around = self._around[-1]
            target = around.end if statement.kind == "break" else around.again
        if target is None:
            message = f"{statement.kind} stands in no loop"
            message += "" if statement.kind == "continue" else " and in no switch"
            raise _error(message, statement.where)
        to.add(statement.where, "Goto", target)

    # switches

    @_write.register
    def _(self, statement: Switch, to: Sequence) -> None:
        prefix = f"sw_{self._next_switch()}"
        subject = self._reading(statement.subject)
        to.add(statement.where, "Goto", f"{prefix}_{subject},{FIRST_OF_CASE}")
        cases = list(statement.cases)
        if all(case.kind != "default" for case in cases):
            cases.append(Case(statement.where, "default", "", ()))
        end = Target()
        again = self._around[-1].again if self._around else None
        self._around.append(_Around(end, again))
        within, self._in_case = self._in_case, True
        self._cases(cases, prefix, end)
        self._in_case = within
        self._around.pop()
        self._finish(to, statement.where, "switch", end)

    def _cases(self, cases: list[Case], prefix: str, end: Target) -> None:
        sequences = [
            self._case_sequence(case, prefix, number) for number, case in enumerate(cases, start=1)
        ]
        begins = [Target(sequence, FIRST_OF_CASE) for sequence in sequences]
        for case, sequence, following in zip(cases, sequences, [*begins[1:], end], strict=True):
            for statement in case.statements:
                self._write(statement, sequence)
            sequence.add(case.where, "Goto", following)
        self._sequences += sequences
        for case, begin in zip(cases, begins, strict=True):
            if case.kind == "default":  # a subject that is empty is none of the pattern's
                self._lead(f"{prefix}_", begin, case.where)
            elif case.kind == "pattern":
                self._lead(f"_{prefix}_{case.value}", begin, case.where)

    def _lead(self, name: str, begin: Target, where: Where) -> None:
        """An extension that only leads to a case."""
        sequence = Sequence(name, FIRST_OF_CASE)
        sequence.add(where, "Goto", begin)
        self._sequences.append(sequence)

    @staticmethod
    def _case_sequence(case: Case, prefix: str, number: int) -> Sequence:
        """The extension of a case; that of a pattern has a name by which others can come to it."""
        match case.kind:
            case "case":
                name = f"{prefix}_{case.value}"
                return Sequence(name, FIRST_OF_CASE, name)
            case "default":
                return Sequence(f"_{prefix}_.", FIRST_OF_CASE, f"{prefix}_.")
            case "pattern":
                name = f"{prefix}~{number}"  # not ``_``: no subject has this name
                return Sequence(name, FIRST_OF_CASE, name)


def _has_switch(statement: Statement) -> bool:
    match statement:
        case Switch():
            return True
        case Block():
            return any(map(_has_switch, statement.statements))
        case If():
            return _has_switch(statement.then) or (
                statement.otherwise is not None and _has_switch(statement.otherwise)
            )
        case Loop():
            return _has_switch(statement.body)
        case _:
            return False


def _error(message: str, where: Where) -> ConfigError:
    return ConfigError(message, path=where.path, line=where.line, column=where.column)
