"""One call of a dialplan test: the party keys, hears and waits, the test looks on."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from typing import NoReturn

from switchroom.pbx.channel import ChannelState
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.tools.simulate.ending import EndedBy, Ending, ending_of
from switchroom.tools.simulate.listing import Listing
from switchroom.tools.simulate.script import HangUp, act, parse_script, wildcard
from switchroom.tools.simulate.simulation import SimulatedCall
from switchroom.tools.simulate.trace import Dialled, Executed, Heard, cause_text
from switchroom.tools.testing.failure import failure

PATIENCE = 60.0  #: virtual seconds that an expectation waits to come true


class CallUnderTest:
    """A call as its caller and the test see it; made by :meth:`DialplanUnderTest.dial`.

    What is said here happens at once or takes virtual time; expectations let virtual time pass
    until they come true, and fail with the trace of the call when they do not.

    Args:
        call: The simulated call.
    """

    def __init__(self, call: SimulatedCall) -> None:
        self.simulated = call
        self._simulation = call.simulation

    def __str__(self) -> str:
        return "\n".join(Listing(self.simulated).trace())

    # what the caller does

    def keys(self, script: str) -> None:
        """Key digits; any script will do: ``100``, ``w2 1234#``.

        Args:
            script: See ``docs/simulate.md``. Digits are 0.35 seconds apart.
        """
        __tracebackhide__ = True
        if self.simulated.has_ended:
            self._fail(f"cannot key {script}: the call is over")
        self._simulation.run(act(self.simulated.caller, parse_script(script)))

    def talk(self, seconds: float) -> None:
        """Talk for a while."""
        self.keys(f"talk:{seconds}")

    def say(self, words: str) -> None:
        """Say something that speech recognition understands; ``?``: that it does not."""
        self.keys(f"say:{'_'.join(words.split())}")

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.simulated.simulation.wait(seconds)

    def hang_up(self) -> None:
        """Hang up, and let the dialplan come to its end (``h``)."""
        __tracebackhide__ = True
        self._simulation.run(act(self.simulated.caller, (HangUp(),)))
        self._expect(lambda: self.simulated.has_ended, "the call to end", PATIENCE)

    # what the test expects

    def hears(self, prompt: str, *, within: float = PATIENCE) -> Heard:
        """The caller hears a prompt that was not expected before; others are passed over.

        Args:
            prompt: Its name; ``*`` stands for any text.
            within: Virtual seconds to wait for it.
        """
        __tracebackhide__ = True
        caller = self.simulated.caller
        before = caller.waited_for
        found: list[Heard] = []

        def is_heard() -> bool:
            heard = caller.next_heard(prompt)
            if heard is not None:
                found.append(heard)
            return bool(found)

        if not self._comes_true(is_heard, within):
            since = [heard.hearing.sound for heard in caller.heard[before:]]
            near = difflib.get_close_matches(prompt, since, 1, cutoff=0.8)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            heard_since = ", ".join(since) or "nothing"
            expected = f"expected to hear {prompt!r} within {within:g} s"
            self._fail(f"{expected}; heard since: {heard_since}{hint}")
        return found[0]

    def answered(self, *, within: float = PATIENCE) -> None:
        """The call is answered."""
        __tracebackhide__ = True
        self._expect(lambda: self.is_answered, "the call to be answered", within)

    def executes(self, step: str, *, at: str = "", within: float = PATIENCE) -> Executed:
        """A priority is, or was, executed on any channel.

        Args:
            step: ``Playback(vm-*)`` after substitution, or the application's name alone.
            at: Where: ``context,extension`` or ``context,extension,priority``, a label will do.
            within: Virtual seconds to wait for it.
        """
        __tracebackhide__ = True
        where = f" at {at}" if at else ""
        self._expect(lambda: bool(self._steps(step, at)), f"{step}{where} to be executed", within)
        return self._steps(step, at)[0]

    def never_executes(self, step: str, *, at: str = "") -> None:
        """A priority was not executed until now."""
        __tracebackhide__ = True
        if steps := self._steps(step, at):
            self._fail(f"did not expect {steps[0].describe()} at {steps[0].place}")

    def reaches(self, place: str, *, within: float = PATIENCE) -> Executed:
        """The call comes to a place: ``context,extension`` or ``context,extension,priority``."""
        __tracebackhide__ = True
        self._expect(lambda: bool(self._steps("*", place)), f"the call to reach {place}", within)
        return self._steps("*", place)[0]

    def dials(self, resource: str, *, within: float = PATIENCE) -> Dialled:
        """A resource is, or was, dialled: ``PJSIP/bob``; ``*`` stands for any text."""
        __tracebackhide__ = True
        fits = wildcard(resource)

        def dialled() -> list[Dialled]:
            return [d for d in self._simulation.trace.of(Dialled) if fits(d.resource)]

        self._expect(lambda: bool(dialled()), f"{resource} to be dialled", within)
        return dialled()[0]

    def ends(self, *, within: float = PATIENCE) -> Ending:
        """The call ends, whoever ends it."""
        __tracebackhide__ = True
        self._expect(lambda: self.simulated.has_ended, "the call to end", within)
        return ending_of(self.simulated)

    def hung_up(
        self, cause: HangupCause | int | None = None, *, within: float = PATIENCE
    ) -> Ending:
        """The dialplan ends the call, without an error.

        Args:
            cause: With this Q.850 cause; None: with any.
            within: Virtual seconds to wait for it.
        """
        __tracebackhide__ = True
        ending = self.ends(within=within)
        if ending.by not in {EndedBy.APPLICATION, EndedBy.END}:
            self._fail(f"expected the dialplan to hang up, but: {ending.why}")
        if cause is not None and ending.cause != int(cause):
            expected = cause_text(int(cause))
            self._fail(f"expected hangup cause {expected}, not {ending.cause_text}")
        return ending

    def has(self, variable: str, value: str) -> None:
        """A channel variable has this value now; ``*`` in it stands for any text."""
        __tracebackhide__ = True
        found = self.variable(variable)
        if not wildcard(value)(found):
            self._fail(f"expected {variable} to be {value!r}, not {found!r}")

    # what the test may look at

    @property
    def is_answered(self) -> bool:
        """Whether the call was answered."""
        return self.simulated.channel.state is ChannelState.UP

    @property
    def has_ended(self) -> bool:
        """Whether it is over."""
        return self.simulated.has_ended

    @property
    def ending(self) -> Ending:
        """How it ended; ``ending.by`` is ``nobody`` while it goes on."""
        return ending_of(self.simulated)

    @property
    def variables(self) -> dict[str, str]:
        """The channel's variables now."""
        return dict(self.simulated.channel.variables)

    def variable(self, name: str) -> str:
        """A variable as the dialplan reads it: the channel's, a global one, or an empty text."""
        own = self.simulated.channel.variables.get(name)
        return self._simulation.global_variables.get(name, "") if own is None else own

    @property
    def heard(self) -> list[str]:
        """The names of the prompts that the caller heard until now."""
        return [heard.hearing.sound for heard in self.simulated.caller.heard]

    @property
    def executed(self) -> list[str]:
        """``context,extension,priority Application(data)`` of each step of this channel."""
        steps = self._simulation.trace.of(Executed, self.simulated.channel.name)
        return [f"{step.place} {step.describe()}" for step in steps]

    @property
    def dialled(self) -> list[str]:
        """The resources that were dialled until now."""
        return [dialled.resource for dialled in self._simulation.trace.of(Dialled)]

    # inside

    def _steps(self, step: str, at: str) -> list[Executed]:
        application, opening, _ = step.partition("(")
        fits = wildcard(step if opening or "*" in application else f"{application}(*")
        return [
            entry
            for entry in self._simulation.trace.of(Executed)
            if entry.priority is not None and fits(entry.describe()) and _is_at(entry, at)
        ]

    def _comes_true(self, condition: Callable[[], bool], within: float) -> bool:
        trace = self._simulation.trace
        self._simulation.run(
            trace.until(lambda: condition() or self.simulated.has_ended, within=within)
        )
        return condition()

    def _expect(self, condition: Callable[[], bool], what: str, within: float) -> None:
        __tracebackhide__ = True
        if not self._comes_true(condition, within):
            self._fail(f"expected {what} within {within:g} s")

    def _fail(self, message: str) -> NoReturn:
        __tracebackhide__ = True
        raise failure(self.simulated, message)


def _is_at(entry: Executed, place: str) -> bool:
    """Whether a step is at ``context,extension[,priority or label]``; patterns count as written."""
    if not place:
        return True
    words = [word.strip() for word in place.split(",")]
    context, extension, priority = (*words, "", "", "")[:3]
    label = entry.priority.label if entry.priority is not None else ""
    pattern = entry.matched.name if entry.matched is not None else ""
    return (
        context in {entry.context, entry.found_in}
        and extension in {"", entry.extension, pattern}
        and priority in {"", str(entry.number), label}
    )
