"""From the syntax tree of AEL to extensions and priorities.

The manner is that of the original: a macro is a context with the extension ``~~s~~`` that is called
by Gosub; ``if`` is GotoIf, a loop a GotoIf and a Goto; each case of a ``switch`` is an extension
``sw_N_value`` of its own whose priorities begin with 10, and in it ``${EXTEN}`` reads as
``${~~EXTEN~~}``, which the extension around it has saved.
"""

from __future__ import annotations

from collections.abc import Sequence as Many

from switchroom.base.errors import ConfigError
from switchroom.dialplan.ael import MACRO_EXTENSION
from switchroom.dialplan.ael.routine import Routine
from switchroom.dialplan.ael.sequence import Sequence
from switchroom.dialplan.ael.syntax import (
    AelFile,
    Assignment,
    ContextNode,
    ExtensionNode,
    Line,
    MacroNode,
    Where,
)
from switchroom.dialplan.building import DialplanBuilder
from switchroom.dialplan.model import HINT, Context, Extension, Include, Priority
from switchroom.dialplan.old_syntax import NEW_SYNTAX, Syntax
from switchroom.dialplan.parser import parse_include
from switchroom.dialplan.plain_variables import with_variables
from switchroom.dialplan.switches import parse_switch
from switchroom.dialplan.timing import TimingError

REGISTRAR = "pbx_ael"
H_CONTEXT = "ael-builtin-h-bubble"  #: lets a macro end with the ``h`` of who called it


def compile_ael(file: AelFile, builder: DialplanBuilder, syntax: Syntax = NEW_SYNTAX) -> None:
    """Add what an AEL file says to a dialplan that is being built.

    Args:
        file: What was parsed.
        builder: Takes the extensions.
        syntax: How old the calls of applications are.

    Raises:
        ConfigError: Something that parses makes no sense all the same.
    """
    _Compiler(file, builder, syntax).compile()


class _Compiler:
    def __init__(self, file: AelFile, builder: DialplanBuilder, syntax: Syntax) -> None:
        self._file = file
        self._builder = builder
        self._syntax = syntax

    def compile(self) -> None:
        for variable in self._file.variables:
            self._global(variable)
        for macro in self._file.macros.values():
            self._macro(macro)
        last_override = {
            node.name: index for index, node in enumerate(self._file.contexts) if node.overrides
        }
        for index, node in enumerate(self._file.contexts):
            if index >= last_override.get(node.name, 0):
                self._context(node)
        if self._file.macros:
            self._h_bubble(next(iter(self._file.macros.values())).where)

    def _global(self, variable: Assignment) -> None:
        variables = self._builder.global_variables
        variables[variable.name] = with_variables(variable.value, variables)

    def _context(self, node: ContextNode) -> None:
        context = self._builder.context(node.name, REGISTRAR)
        for variable in node.variables:
            self._global(variable)
        for line in node.lines:
            self._line(context, line)
        numbers = _Numbers()
        for extension in node.extensions:
            self._extension(context, extension, numbers)

    def _extension(self, context: Context, node: ExtensionNode, numbers: _Numbers) -> None:
        name, slash, caller = node.name.partition("/")
        if node.hint:
            self._add_hint(context, name, node)
        if node.body is None:
            return
        sequence = Sequence(name, caller=caller if slash else None)
        routine = Routine(self._file, context.name, numbers.take, syntax=self._syntax)
        self._write(context, routine.compile(sequence, node.body))

    def _add_hint(self, context: Context, name: str, node: ExtensionNode) -> None:
        path, line = node.where.path, node.where.line
        hint = Priority(HINT, node.hint, "", "", path, line, REGISTRAR)
        self._builder.add(context, _known(context, name, None, node.where), hint)

    def _macro(self, node: MacroNode) -> None:
        context = self._builder.context(node.name, REGISTRAR)
        for line in node.lines:
            self._line(context, line)
        sequence = Sequence(MACRO_EXTENSION)
        for number, parameter in enumerate(node.parameters, start=1):
            sequence.add(node.where, "Set", f"LOCAL({parameter})=${{ARG{number}}}")
        numbers = _Numbers()
        routine = Routine(self._file, node.name, numbers.take, syntax=self._syntax, in_macro=True)
        self._write(context, routine.compile(sequence, node.body))
        if ("h", None) not in context.extensions:
            include = Include(H_CONTEXT, H_CONTEXT, made_by=REGISTRAR)
            self._builder.include(context, include, node.where.path, node.where.line)

    def _h_bubble(self, where: Where) -> None:
        """``h`` of a macro that catches none: leave the routine, run the caller's."""
        sequence = Sequence("h")
        parent = "${~~parentcxt~~}"
        sequence.add(where, "Set", "~~parentcxt~~=${STACK_PEEK(1,c,1)}")
        sequence.add(where, "GotoIf", f'$["{parent}" = ""]?6')
        sequence.add(where, "GotoIf", f"${{DIALPLAN_EXISTS({parent},h,1)}}?4:6")
        sequence.add(where, "StackPop")
        sequence.add(where, "Goto", f"{parent},h,1")
        sequence.add(where, "NoOp")
        self._write(self._builder.context(H_CONTEXT, REGISTRAR), [sequence])

    def _line(self, context: Context, line: Line) -> None:
        path, number = line.where.path, line.where.line
        text = with_variables(line.text, self._builder.global_variables)
        match line.kind:
            case "include":
                try:
                    name, timing = parse_include(text)
                except TimingError as error:
                    raise _error(str(error), line.where) from error
                include = Include(name, text.replace("|", ","), timing, REGISTRAR)
                self._builder.include(context, include, path, number)
            case "ignorepat":
                context.ignore_patterns.append(text)
            case "switch" | "eswitch":
                variables = self._builder.global_variables
                try:
                    switch = parse_switch(line.text, variables, word=line.kind, made_by=REGISTRAR)
                except ValueError as error:
                    raise _error(str(error), line.where) from error
                self._builder.switch(context, switch, path, number)

    def _write(self, context: Context, sequences: Many[Sequence]) -> None:
        for sequence in sequences:
            for number, step in enumerate(sequence.steps, start=sequence.first):
                path, line = step.where.path, step.where.line
                data = sequence.text(step)
                priority = Priority(
                    number, step.application, data, step.label, path, line, REGISTRAR
                )
                extension = _known(context, sequence.name, sequence.caller, step.where)
                self._builder.add(context, extension, priority)


def _known(context: Context, name: str, caller: str | None, where: Where) -> Extension:
    try:
        return context.add(name, caller)
    except ConfigError as error:
        raise _error(error.message, where) from error


def _error(message: str, where: Where) -> ConfigError:
    return ConfigError(message, path=where.path, line=where.line, column=where.column)


class _Numbers:
    """Counts the switches of a context, for the names of their cases."""

    def __init__(self) -> None:
        self._last = 0

    def take(self) -> int:
        self._last += 1
        return self._last
