"""Carries marks along the dialplan until nothing changes any more.

A point is a step within a routine (or outside of any). What a routine does to variables is kept
apart for each routine, so that what one caller gives does not come back to another.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from switchroom.tools.check import texts
from switchroom.tools.check.calls import calls_of
from switchroom.tools.check.jumps import Jump, all_jumps
from switchroom.tools.check.plan import Extension, Plan, Step
from switchroom.tools.check.project import Project
from switchroom.tools.check.taint.evaluation import SOURCES, Evaluation
from switchroom.tools.check.taint.marks import Kind, Mark, State
from switchroom.tools.check.targets import contexts_of, extensions_of
from switchroom.tools.check.texts import Word
from switchroom.tools.check.writes import Write, writes_of

MAX_VISITS = 40  #: of one point; marks only get worse, so that few are enough

_ARGUMENT = re.compile(r"ARG\d+$")
_TESTED = re.compile(r"REGEX\(|=~|\s:\s")
_ENDS = frozenset({"hangup", "goto", "return", "macroexit"})
_LOOPS = frozenset({"endwhile", "continuewhile"})  #: these go back to their While
_ALWAYS_CALLING = frozenset({"gosub", "macro", "macroexclusive"})
_CALLING = _ALWAYS_CALLING | {"gosubif", "macroif"}


class Point(NamedTuple):
    """A step, within the routine that began at an extension; an empty one: outside of any."""

    routine: str
    extension: Extension
    number: int


@dataclass(eq=False)
class _Routine:
    """What a routine was found to do."""

    exit: State | None = None
    writes: set[str] = field(default_factory=set)
    callers: set[Point] = field(default_factory=set)


@dataclass(eq=False)
class Flow:
    """States at all points."""

    states: dict[Point, State] = field(default_factory=dict)
    globals: dict[str, Mark] = field(default_factory=dict)  #: global variables
    _points: dict[tuple[str, str, int], list[Point]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def at(self, step: Step) -> Iterator[Evaluation]:
        """What values are at a step, once for each routine it may be run in."""
        for point in self._points.get((step.context, step.extension, step.number), ()):
            yield Evaluation(self.states[point], point.extension, self.globals)

    def index(self) -> None:
        """Prepare :meth:`at`."""
        for point in self.states:
            extension = point.extension
            self._points[extension.context, extension.name, point.number].append(point)


def flow_of(project: Project) -> Flow:
    """Follow all calls from every extension on.

    What one call puts into a global variable any other may read: where that is a caller's, all are
    followed once more.
    """
    known: dict[str, Mark] = {}
    while True:
        walker = _Walker(project, known)
        walker.run()
        if walker.flow.globals == known:
            walker.flow.index()
            return walker.flow
        known = walker.flow.globals


class _Walker:
    def __init__(self, project: Project, known: Mapping[str, Mark]) -> None:
        self.flow = Flow(globals=dict(known))
        self._plan: Plan = project.plan
        self._jumps: dict[Step, list[Jump]] = defaultdict(list)
        for jump in project.once(all_jumps):
            self._jumps[jump.call.step].append(jump)
        self._routines: dict[str, _Routine] = defaultdict(_Routine)
        self._spread: dict[tuple[str, str], State] = {}
        self._waiting: deque[Point] = deque()
        self._is_waiting: set[Point] = set()
        self._visits: dict[Point, int] = defaultdict(int)
        self._writes: dict[Step, list[Write]] = {}
        self._plain: dict[Step, bool] = {}  #: whether a step changes and leads to nothing

    def run(self) -> None:
        for context in self._plan.contexts.values():
            for extension in context.extensions:
                if 1 in extension.numbers:
                    self._enter(Point("", extension, 1), State())
        while self._waiting:
            point = self._waiting.popleft()
            self._is_waiting.discard(point)
            self._visits[point] += 1
            if self._visits[point] <= MAX_VISITS:
                self._visit(point)

    def _enter(self, point: Point, state: State) -> None:
        known = self.flow.states.get(point)
        if known is None:
            self.flow.states[point] = state.copy()
        elif not known.join(state):
            return
        self._wait(point)

    def _wait(self, point: Point) -> None:
        if point not in self._is_waiting:
            self._is_waiting.add(point)
            self._waiting.append(point)

    def _visit(self, point: Point) -> None:
        step = _step(point)
        if step is None:
            return
        if step not in self._plain:
            self._plain[step] = not self._has_effect(step)
        if self._plain[step]:
            self._go_on(point, self.flow.states[point])
            return
        state = self.flow.states[point].copy()
        evaluation = Evaluation(state, point.extension, self.flow.globals)
        self._assign(point, step, evaluation)
        after = self._jump(point, step, evaluation)
        key = step.application.lower()
        if key in {"return", "macroexit"}:
            self._leave(point, step, evaluation)
        if after is None:
            return
        if key in _LOOPS and (begin := _loop_of(point.extension, point.number)) is not None:
            self._enter(point._replace(number=begin), after)
        if key not in _ENDS:
            self._go_on(point, after)

    def _jump(self, point: Point, step: Step, evaluation: Evaluation) -> State | None:
        """Carry the state along all jumps of a step; what is known behind it, if it is reached."""
        after: State | None = evaluation.state
        for jump in self._jumps.get(step, ()):
            if jump.kind not in {"gosub", "macro"} or jump.call.key not in _CALLING:
                self._follow(point, jump, evaluation)
                continue
            back = self._call(point, jump, evaluation)
            if not jump.call.is_nested and step.application.lower() in _ALWAYS_CALLING:
                after = back
            elif back is not None and after is not None:
                after.join(back)
        return after

    def _go_on(self, point: Point, state: State) -> None:
        following = point.number + 1
        if following in point.extension.numbers:
            self._enter(point._replace(number=following), state)
        elif point.routine.startswith("macro-"):
            self._leave_with(point.routine, state)

    def _has_effect(self, step: Step) -> bool:
        self._writes[step] = [w for call in calls_of(step) for w in writes_of(call)]
        return bool(
            self._writes[step]
            or step in self._jumps
            or step.application.lower() in _ENDS | _LOOPS
            or _TESTED.search(step.data)
        )

    # assignments

    def _assign(self, point: Point, step: Step, evaluation: Evaluation) -> None:
        state = evaluation.state
        for write in self._writes[step]:
            mark = _value_of(write, evaluation)
            if write.is_function:
                _set_function(write, mark, state)
                if write.name == "GLOBAL" and mark is not None:
                    self._set_global(write, mark)
            elif not texts.has_parts(write.name):
                self._set_variable(point, write, mark, state)
        if _TESTED.search(step.data):
            _note_tested(step, state)

    def _set_global(self, write: Write, mark: Mark) -> None:
        assert write.arguments is not None
        name = write.arguments.text.strip()
        before = self.flow.globals.get(name)
        self.flow.globals[name] = mark if before is None else before.joined(mark)

    def _set_variable(self, point: Point, write: Write, mark: Mark | None, state: State) -> None:
        self._routines[point.routine].writes.add(write.name)
        is_certain = not write.call.is_nested
        state.checked -= {write.name}
        if mark is not None:
            inherited = write.word.text.startswith("_")
            mark = replace(mark, is_inherited=inherited)
            before = None if is_certain else state.marks.get(write.name)
            state.marks[write.name] = mark.joined(before)
        elif is_certain:
            state.marks.pop(write.name, None)
            state.checked |= {write.name} & SOURCES

    # jumps

    def _follow(self, point: Point, jump: Jump, evaluation: Evaluation) -> None:
        """Carry the state to where a jump leads that does not come back."""
        state = evaluation.state
        if jump.kind == "context" or _is_anywhere(jump):
            return
        if jump.kind == "goto":
            self._spread_to(point.routine, jump, _elsewhere(jump, state))
            return
        if jump.call.key not in {"set", "mset"}:  # another channel runs it; a handler is our own
            state = state.inherited()
        self._spread_to("", jump, _with_arguments(state, _given(jump, evaluation)))

    def _spread_to(self, routine: str, jump: Jump, state: State) -> None:
        names = contexts_of(self._plan, jump)
        if jump.extension is None or jump.extension.is_constant:
            for extension in self._targets(jump, names):
                for number in _numbers(extension, jump):
                    self._enter(Point(routine, extension, number), state)
            return
        for name in names:  # any extension of the context: told once, not for each jump
            known = self._spread.get((routine, name))
            if known is None:
                self._spread[routine, name] = state.copy()
            elif not known.join(state):
                continue
            for context in self._plan.family(name):
                for extension in context.extensions:
                    if 1 in extension.numbers and state.marks:
                        self._enter(Point(routine, extension, 1), state)

    def _targets(self, jump: Jump, names: list[str]) -> list[Extension]:
        if jump.extension is None and jump.context is None:
            own = self._plan.contexts[jump.call.step.context].named(jump.call.step.extension)
            word = jump.priority.text if jump.priority is not None else "1"
            if texts.has_parts(word) or any(extension.has(word) for extension in own):
                return own
        return list(extensions_of(self._plan, jump, names))

    # routines

    def _call(self, point: Point, jump: Jump, evaluation: Evaluation) -> State | None:
        """Enter a routine; the state behind the call, None while it has not come back."""
        own = evaluation.state
        given = _with_arguments(own, _given(jump, evaluation))
        if _is_anywhere(jump) or not (jump.extension is None or jump.extension.is_constant):
            self._spread_to("", jump, given)
            return own
        found = [
            (extension, number)
            for extension in self._targets(jump, contexts_of(self._plan, jump))
            for number in _numbers(extension, jump)
        ]
        after: State | None = None
        for extension, number in found:
            name = f"{extension.context}/{extension.name}/{number}"
            routine = self._routines[name]
            routine.callers.add(point)
            self._enter(Point(name, extension, number), given)
            if routine.exit is not None:
                back = _back(own, routine)
                if after is None:
                    after = back
                else:
                    after.join(back)
        return after if found else own

    def _leave(self, point: Point, step: Step, evaluation: Evaluation) -> None:
        if not point.routine:
            return
        state = evaluation.state.copy()
        mark = evaluation.of(step.data) if step.application.lower() == "return" else None
        state.marks.pop("GOSUB_RETVAL", None)
        if mark is not None:
            state.marks["GOSUB_RETVAL"] = mark
        self._leave_with(point.routine, state)

    def _leave_with(self, name: str, state: State) -> None:
        routine = self._routines[name]
        routine.writes.add("GOSUB_RETVAL")
        if routine.exit is None:
            routine.exit = state.copy()
        elif not routine.exit.join(state):
            return
        for caller in routine.callers:
            self._wait(caller)


def _step(point: Point) -> Step | None:
    steps = point.extension.steps
    index = point.number - steps[0].number
    if 0 <= index < len(steps) and steps[index].number == point.number:
        return steps[index]
    return next((step for step in steps if step.number == point.number), None)


def _note_tested(step: Step, state: State) -> None:
    """A regular expression was asked: whoever wrote that knows what he lets through."""
    for reference in texts.references(step.data):
        name = reference.name.strip()
        if reference.arguments is not None:
            state.checked |= {f"{name}({reference.arguments})"}
        elif state.marks.pop(name, None) is None:
            state.checked |= {name}


def _loop_of(extension: Extension, number: int) -> int | None:
    """The While that an EndWhile or ContinueWhile goes back to."""
    depth = 0
    for step in reversed(extension.steps):
        if step.number >= number:
            continue
        key = step.application.lower()
        depth += (key == "endwhile") - (key == "while")
        if depth < 0:
            return step.number
    return None


def _value_of(write: Write, evaluation: Evaluation) -> Mark | None:
    if write.is_input:
        return Mark(Kind.DIGITS, f"{write.call.name}()")
    return evaluation.of(write.value.text)


def _set_function(write: Write, mark: Mark | None, state: State) -> None:
    """``Set(CALLERID(num)=…)``: reading it later gives what was set."""
    assert write.arguments is not None
    written = f"{write.name}({write.arguments.text})"
    if mark is None:
        state.checked |= {written}
    else:
        state.checked -= {written}


def _is_anywhere(jump: Jump) -> bool:
    """Whether nothing at all is known of the context that a jump leads to."""
    context = jump.context
    return context is not None and not context.is_constant and texts.is_open(context.text)


def _elsewhere(jump: Jump, state: State) -> State:
    """In another extension EXTEN is another one."""
    if jump.extension is None or "EXTEN" not in state.checked:
        return state
    return State(state.marks, state.checked - {"EXTEN"})


def _numbers(extension: Extension, jump: Jump) -> list[int]:
    word = jump.priority.text if jump.priority is not None else "1"
    if word in extension.labels:
        return [extension.labels[word]]
    if word.isdecimal() and int(word) in extension.numbers:
        return [int(word)]
    if texts.has_parts(word):
        return [step.number for step in extension.steps if step.label or step.number == 1]
    return []


def _given(jump: Jump, evaluation: Evaluation) -> dict[str, Mark]:
    if jump.arguments is None:
        return {}
    words: tuple[Word, ...] = texts.split_raw(jump.arguments.text, ",")
    found: dict[str, Mark] = {}
    for number, word in enumerate(words, start=1):
        mark = evaluation.of(word.text)
        if mark is not None:
            found[f"ARG{number}"] = mark
    if jump.kind == "macro" and (exten := evaluation.variable("EXTEN")) is not None:
        found["MACRO_EXTEN"] = exten
    return found


def _with_arguments(state: State, arguments: dict[str, Mark]) -> State:
    marks = {name: m for name, m in state.marks.items() if not _ARGUMENT.match(name)}
    return State({**marks, **arguments}, state.checked - {"EXTEN"})


def _back(own: State, routine: _Routine) -> State:
    """What is known behind a call: what the routine wrote comes from it, all else is as it was."""
    assert routine.exit is not None
    kept = {name: m for name, m in own.marks.items() if name not in routine.writes}
    written = {name: m for name, m in routine.exit.marks.items() if name in routine.writes}
    checked = frozenset(name for name in own.checked if name not in routine.writes)
    return State({**kept, **written}, checked)
