"""Scripted answers for applications and functions, and for all that reaches out of the call.

A simulation runs no command, asks no server and sends nothing: ``System``, ``AGI``, ``SHELL``,
``CURL`` and their like are answered here. What was not scripted succeeds and says nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from switchroom.base.errors import DialplanError
from switchroom.dialplan.registry import Application, Function, Rest
from switchroom.pbx.channel import Channel
from switchroom.tools.simulate.script import ScriptError, wildcard
from switchroom.tools.simulate.trace import Outside

if TYPE_CHECKING:
    from switchroom.tools.simulate.simulation import Simulation

#: Applications that act outside of the call, by lower-case name: what they set when all went well.
OUTSIDE_APPLICATIONS: Mapping[str, tuple[str, str]] = {
    "system": ("System", "SYSTEMSTATUS=SUCCESS"),
    "trysystem": ("TrySystem", "SYSTEMSTATUS=SUCCESS"),
    "agi": ("AGI", "AGISTATUS=SUCCESS"),
    "eagi": ("EAGI", "AGISTATUS=SUCCESS"),
    "deadagi": ("DeadAGI", "AGISTATUS=SUCCESS"),
    "externalivr": ("ExternalIVR", ""),
    "audiosocket": ("AudioSocket", ""),
    "mp3player": ("MP3Player", ""),
}

#: Functions that do, and read as nothing.
OUTSIDE_FUNCTIONS = frozenset({"SHELL", "CURL"})

#: Functions that only look when they are read, but act when they are written.
OUTSIDE_WHEN_WRITTEN = frozenset({"FILE"})


class Stubs:
    """The scripted answers of a simulation.

    Args:
        simulation: Whose trace tells what was answered.
        applications: The real ones, by lower-case name.
        functions: The real ones, by name.
    """

    def __init__(
        self,
        simulation: Simulation,
        applications: Mapping[str, Application],
        functions: Mapping[str, Function],
    ) -> None:
        self._simulation = simulation
        self._real_applications = applications
        self._real_functions = functions
        self._applications: dict[str, list[tuple[Callable[[str], bool], str]]] = {}
        self._functions: dict[str, list[tuple[Callable[[str], bool], str]]] = {}
        self._names: dict[str, str] = {low: name for low, (name, _) in OUTSIDE_APPLICATIONS.items()}

    def script(self, call: str, answer: str) -> None:
        """Answer an application or a function instead of running it; the newest answer counts.

        Args:
            call: ``CURL(http://crm/*)``, ``AGI(lookup.py*)``, or the name alone for any arguments.
            answer: What the function reads as, or the variables that the application sets:
                ``AGISTATUS=SUCCESS,name=Bob``.

        Raises:
            ScriptError: No name, or no variables where an application is meant.
        """
        name, opening, rest = call.strip().partition("(")
        pattern = rest.rpartition(")")[0] if opening and ")" in rest else (rest or "*")
        if not name:
            raise ScriptError(f"expected NAME or NAME(arguments), not {call!r}")
        is_function = self._is_function(name)
        self._check_in_time(name, is_function=is_function)
        if is_function:
            self._functions.setdefault(name, []).insert(0, (wildcard(pattern), answer))
            return
        _variables(answer)
        real = self._real_applications.get(name.lower())
        self._names.setdefault(name.lower(), real.name if real is not None else name)
        answers = self._applications.setdefault(name.lower(), [])
        answers.insert(0, (wildcard(pattern), answer))

    def _check_in_time(self, name: str, *, is_function: bool) -> None:
        """Channels run with the answers that there were when the first call began."""
        known = OUTSIDE_FUNCTIONS | self._functions.keys() if is_function else self._names.keys()
        if self._simulation.has_begun and (name if is_function else name.lower()) not in known:
            raise ScriptError(f"the answers of {name} must be scripted before the first call")

    def _is_function(self, name: str) -> bool:
        if name.lower() in self._real_applications or name.lower() in OUTSIDE_APPLICATIONS:
            return False
        return name in self._real_functions or name.isupper()

    def applications(self) -> dict[str, Application]:
        """The applications that a simulated channel executes."""
        found = dict(self._real_applications)
        if "record" in found:
            found["record"] = self._simulation.recordings.record(found["record"])
        for lower in OUTSIDE_APPLICATIONS.keys() | self._applications.keys():
            found[lower] = self._application(self._names[lower], found.get(lower))
        return found

    def functions(self) -> dict[str, Function]:
        """The functions that a simulated channel reads and writes."""
        found = dict(self._real_functions)
        for name in OUTSIDE_FUNCTIONS | self._functions.keys():
            found[name] = self._function(name, found.get(name))
        for name in OUTSIDE_WHEN_WRITTEN & found.keys():
            found[name] = self._function(name, found[name], only_writing=True)
        return found

    def _application(self, name: str, real: Application | None) -> Application:
        lower = name.lower()
        usual = OUTSIDE_APPLICATIONS[lower][1] if lower in OUTSIDE_APPLICATIONS else None

        async def run(channel: Channel, data: Rest = "") -> None:
            answer = _first(self._applications.get(lower, ()), data, usual)
            if answer is not None:
                self._tell(channel, f"{name}({data})", answer)
                for variable, value in _variables(answer):
                    channel.set_variable(variable, value)
            elif real is None:
                raise DialplanError(f"{name}({data}) fits no scripted answer")
            elif (waiting := real(channel, data)) is not None:
                await waiting

        run.__doc__ = f"Answer {name} as scripted."
        return Application(name, run)

    def _function(
        self, name: str, real: Function | None, *, only_writing: bool = False
    ) -> Function:
        usual = "" if name in OUTSIDE_FUNCTIONS else None
        reader = real.reader if real is not None else None

        async def read(channel: Channel, arguments: Rest = "") -> str:
            answer = _first(self._functions.get(name, ()), arguments, usual)
            if answer is not None:
                self._tell(channel, f"{name}({arguments})", answer)
                return answer
            if reader is None:
                raise DialplanError(f"{name}({arguments}) fits no scripted answer")
            result = reader.run(channel, *reader.signature.bind(arguments))
            return str(await result if reader.is_async else result)

        def write(channel: Channel, value: str, arguments: Rest = "") -> None:
            self._tell(channel, f"{name}({arguments})={value}", "")

        read.__doc__ = write.__doc__ = f"Answer {name} as scripted."
        stub = Function(name)
        if only_writing and reader is not None:
            stub.reader = reader
        else:
            stub.add(read, write=False)
        stub.add(write, write=True)
        return stub

    def _tell(self, channel: Channel, what: str, answer: str) -> None:
        self._simulation.note(Outside, channel.name, what=what, answer=answer)


def _first(
    answers: list[tuple[Callable[[str], bool], str]] | tuple[()], arguments: str, usual: str | None
) -> str | None:
    return next((answer for fits, answer in answers if fits(arguments)), usual)


def _variables(answer: str) -> list[tuple[str, str]]:
    """``A=1,B=2``; an empty text sets nothing."""
    found: list[tuple[str, str]] = []
    for assignment in filter(None, (word.strip() for word in answer.split(","))):
        name, equals, value = assignment.partition("=")
        if not equals or not name:
            raise ScriptError(f"expected VARIABLE=value,… as an application's answer: {answer!r}")
        found.append((name.strip(), value))
    return found
