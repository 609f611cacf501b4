"""A dialplan as it is run: what a number matches, and its priorities compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from switchroom.dialplan.compiler import RunStep
from switchroom.dialplan.model import Context, Dialplan, Extension, Priority
from switchroom.dialplan.switches import Place

MAX_KNOWN = 16_384  #: numbers of a context that are remembered; callers may dial any


Compile = Callable[[Priority], RunStep]


class Step:
    """One priority; :meth:`Program.compile` makes it executable when it is first executed."""

    __slots__ = ("after", "number", "priority", "run")

    def __init__(self, priority: Priority, after: Step | None) -> None:
        self.priority = priority
        self.number = priority.number
        self.after = after  #: that of the next number
        self.run: RunStep | None = None  #: substitutes the data and starts the application


class Match:
    """What a number matches in a context: of each priority, that of the best extension with it.

    Args:
        extensions: Those that match, best first.
    """

    __slots__ = ("labels", "steps")

    def __init__(self, extensions: Sequence[Extension] = ()) -> None:
        if len(extensions) == 1:
            priorities, labels = extensions[0].priorities, extensions[0].labels
        else:
            priorities, labels = {}, {}
            for extension in reversed(extensions):
                priorities.update(extension.priorities)
                labels.update(extension.labels)
        self.labels: Mapping[str, int] = labels
        self.steps: dict[int, Step] = {}
        for number in sorted(priorities, reverse=True):
            self.steps[number] = Step(priorities[number], self.steps.get(number + 1))


class Program:
    """A dialplan with what was compiled of it.

    A channel keeps the program it started in, so nothing here outlives the last of its calls.

    Args:
        dialplan: As written; it does not change any more.
        compile_: Makes a priority executable.
    """

    def __init__(self, dialplan: Dialplan, compile_: Compile) -> None:
        self.dialplan = dialplan
        self._compile = compile_
        self._compiled: dict[tuple[str, str], RunStep] = {}
        self._matches: dict[tuple[Extension, ...], Match] = {}
        self._contexts: dict[str, Sequence[Context]] = {}
        varying = _varying(dialplan)
        #: What was looked up, by number, in the contexts where it stays the same.
        self._known: dict[str, dict[str, Match]] = {
            name: {} for name in dialplan.contexts if name not in varying
        }

    def compile(self, step: Step) -> RunStep:
        """Make a step executable; all that say the same are compiled once."""
        said = (step.priority.application, step.priority.data)
        run = self._compiled.get(said)
        if run is None:
            run = self._compiled[said] = self._compile(step.priority)
        step.run = run
        return run

    def match(self, context: str, extension: str, caller: str) -> Match:
        """What a number matches; where nothing does, a match without steps.

        What stands at the far end of a switch is none of it.
        """
        known = self._known.get(context)
        if known is None:
            return self._find(context, extension, caller)
        match = known.get(extension)
        if match is None:
            if len(known) >= MAX_KNOWN:
                known.clear()
            match = known[extension] = self._found(self._searched(context), extension, "")
        return match

    def exists(self, context: str, extension: str, priority: int, caller: str) -> bool:
        """Whether there is anything to execute, at the far end of a switch perhaps."""
        if context in self._known:
            return priority in self.match(context, extension, caller).steps
        return self.dialplan.find(context, extension, priority, caller) is not None

    def label(self, context: str, extension: str, label: str, caller: str) -> int | None:
        """The priority that carries a label."""
        if context in self._known:
            return self.match(context, extension, caller).labels.get(label)
        return self.dialplan.find_label(context, extension, label, caller)

    def _find(self, context: str, extension: str, caller: str) -> Match:
        place = Place(context, extension, 1)
        searched = self.dialplan.searched(place)
        return self._found([each for each, there in searched if there == place], extension, caller)

    def _searched(self, context: str) -> Sequence[Context]:
        """The contexts that are always searched from a context where that does not vary."""
        contexts = self._contexts.get(context)
        if contexts is None:
            searched = self.dialplan.searched(Place(context, "", 1))
            contexts = self._contexts[context] = [each for each, _ in searched]
        return contexts

    def _found(self, contexts: Sequence[Context], extension: str, caller: str) -> Match:
        found: list[Extension] = []
        for context in contexts:
            found += context.candidates(extension, caller)
        if len(found) == 1 and found[0].pattern is None:
            return Match(found)  # this number's alone
        known = tuple(found)
        match = self._matches.get(known)
        if match is None:
            match = self._matches[known] = Match(known)
        return match


def _varying(dialplan: Dialplan) -> frozenset[str]:
    """The contexts in which a number does not always match the same.

    It is by the time, by a switch, or by who calls.
    """
    if dialplan.override is not None:
        return frozenset(dialplan.contexts)
    varying = {
        context.name
        for context in dialplan.contexts.values()
        if context.switches
        or any(include.timing is not None for include in context.includes)
        or any(extension.caller is not None for extension in context.extensions.values())
    }
    included_by: dict[str, list[str]] = {}
    for context in dialplan.contexts.values():
        for include in context.includes:
            included_by.setdefault(include.context, []).append(context.name)
    waiting = list(varying)
    while waiting:
        for name in included_by.get(waiting.pop(), ()):
            if name not in varying:
                varying.add(name)
                waiting.append(name)
    return frozenset(varying)
