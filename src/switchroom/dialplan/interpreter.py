"""Runs channels through the dialplan: one task a channel, one step a priority."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from enum import Enum, auto

from switchroom.base.errors import ApplicationFailedError, BadArgumentsError, DialplanError
from switchroom.dialplan.additions import with_additions
from switchroom.dialplan.aside import Aside
from switchroom.dialplan.compiler import RunStep, compile_step, unknown_step
from switchroom.dialplan.exceptions import raise_exception
from switchroom.dialplan.frames import frames_of, pop, push
from switchroom.dialplan.hangup_handlers import run_hangup_handlers
from switchroom.dialplan.model import HINT, Dialplan, Priority
from switchroom.dialplan.pace import STEPS_BETWEEN_PAUSES
from switchroom.dialplan.places import MAX_PRIORITY_DIGITS
from switchroom.dialplan.program import Program, Step
from switchroom.dialplan.registry import Application, Function
from switchroom.dialplan.run import Run
from switchroom.dialplan.substitution import Substitution
from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.events import DialplanEnded
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.technology import Indication

logger = logging.getLogger(__name__)

FALL_THROUGH_WAIT = 10.0  #: seconds that busy or congestion is signalled at the end
MAX_STEPS_OF_H = 100_000


class _End(Enum):
    """Why a channel executes no further step."""

    STOPPED = auto()  #: hung up, or whoever let it run says so
    NO_NEXT = auto()  #: there is no next priority
    LED_NOWHERE = auto()  #: an application moved it to where there is none


class Interpreter:
    """Fulfils :class:`~switchroom.pbx.pbx.DialplanRunner`.

    Args:
        applications: By lower-case name.
        functions: By name.
        dialplan: What new channels start in; replace it to reload. Channels in progress go on
            with the one they started in.
    """

    def __init__(
        self,
        applications: Mapping[str, Application],
        functions: Mapping[str, Function],
        dialplan: Dialplan | None = None,
    ) -> None:
        self.applications = dict(applications)
        self.functions: dict[str, Function] = dict(functions)
        self.substitution = Substitution(self.functions, self._position)
        self._hints: tuple[Dialplan, tuple[tuple[str, str, str], ...]] | None = None
        self._program = Program(dialplan or Dialplan({}), self._compile)
        self._running: dict[Channel, Run] = {}
        self._additions: dict[str, Sequence[AddedExtension]] = {}
        self._owned: dict[str, frozenset[str]] = {}
        self._aside = Aside()

    @property
    def dialplan(self) -> Dialplan:
        """What new channels start in."""
        return self._program.dialplan

    def replace(self, dialplan: Dialplan) -> None:
        """New channels start in ``dialplan`` from now on, and in what features add to it."""
        self._program = Program(with_additions(dialplan, self._additions), self._compile)

    def add_extensions(self, owner: str, added: Sequence[AddedExtension]) -> None:
        """See :class:`~switchroom.pbx.pbx.DialplanRunner`."""
        if added or owner in self._additions:
            self._additions[owner] = tuple(added)
            self.replace(self.dialplan)

    def use_functions(self, owner: str, functions: Mapping[str, Function]) -> None:
        """Know these functions, instead of those that the same owner had before.

        Args:
            owner: The file that declares them.
            functions: By name; one of our own goes before one that is called so.
        """
        before = self._owned.get(owner, frozenset())
        for name in before:
            del self.functions[name]
        fresh = {name: each for name, each in functions.items() if name not in self.functions}
        self.functions.update(fresh)
        self._owned[owner] = frozenset(fresh)
        if before or fresh:
            self.substitution.forget()
            self.replace(self.dialplan)

    def set_aside(self, names: Collection[str]) -> None:
        """See :class:`~switchroom.pbx.pbx.DialplanRunner`."""
        self._aside.change(self.applications, self.functions, names)
        self.substitution.forget()
        self.replace(self.dialplan)

    # what the core and the applications ask

    def dialplan_of(self, channel: Channel) -> Dialplan:
        """The dialplan that a channel runs in."""
        return self._program_of(channel).dialplan

    def is_running(self, channel: Channel) -> bool:
        """Whether a channel runs its dialplan, and not one application alone."""
        return channel in self._running

    def _program_of(self, channel: Channel) -> Program:
        run = self._running.get(channel)
        return self._program if run is None else run.program

    def _run_of(self, channel: Channel) -> Run:
        return self._running.get(channel) or Run(channel, self._program)

    def has_extension(self, context: str, extension: str, caller: str = "") -> bool:
        """Whether priority 1 of ``extension`` exists, includes and patterns considered."""
        return self._program.exists(context, extension, 1, caller)

    def may_continue(self, context: str, extension: str, caller: str = "") -> bool:
        """Whether some extension begins with ``extension`` and is longer."""
        return self.dialplan.could_match_more(context, extension, caller)

    def exists(
        self, channel: Channel, extension: str, priority: int = 1, context: str | None = None
    ) -> bool:
        """Whether a place exists, seen from a channel."""
        where = channel.context if context is None else context
        program = self._program_of(channel)
        return program.exists(where, extension, priority, channel.caller.number)

    def could_match_more(self, channel: Channel, number: str, context: str | None = None) -> bool:
        """Whether it is worth waiting for another digit behind ``number``."""
        dialplan = self.dialplan_of(channel)
        where = channel.context if context is None else context
        return dialplan.could_match_more(where, number, channel.caller.number)

    def find_priority(
        self, channel: Channel, context: str, extension: str, word: str
    ) -> int | None:
        """What a number, a label or ``n`` stands for; None where there is no such label."""
        word = word.strip()
        if word.isdigit() and word.isascii() and len(word) <= MAX_PRIORITY_DIGITS:
            return int(word)
        if word in {"n", "N"}:
            return channel.priority + 1
        run = self._running.get(channel)
        if run is None:
            return self._program.label(context, extension, word, channel.caller.number)
        return run.label(context, extension, word)

    def hints(self) -> Sequence[tuple[str, str, str]]:
        """Context, extension and hint of all that have one and are no pattern."""
        dialplan = self.dialplan
        if self._hints is None or self._hints[0] is not dialplan:
            found = tuple(
                (context.name, extension.name, extension.hint)
                for context in dialplan.contexts.values()
                for extension in context.extensions.values()
                if extension.hint and extension.pattern is None
            )
            self._hints = (dialplan, found)
        return self._hints[1]

    def find_label(self, context: str, extension: str, label: str) -> int | None:
        """The priority a label stands for, seen by nobody in particular."""
        return self._program.label(context, extension, label, "")

    def step_at(
        self, channel: Channel, context: str, extension: str, priority: int
    ) -> tuple[str, str] | None:
        """The application at a place and its arguments as written; None where there is none."""
        dialplan = self.dialplan_of(channel)
        found = dialplan.find(context, extension, priority, channel.caller.number)
        if found is None:
            return None
        step = found.priorities[priority]
        return step.application, step.data

    def has_context(self, channel: Channel, name: str) -> bool:
        """Whether there is a context of that name."""
        return name in self.dialplan_of(channel).contexts

    def hint_text(self, context: str, extension: str) -> str:
        """The hint of an extension as it is written, but for what its pattern matched."""
        found = self.dialplan.find(context, extension, HINT)
        text = "" if found is None else found.hint
        return text.replace("${EXTEN}", extension).replace("${CONTEXT}", context)

    async def substitute(self, channel: Channel, text: str) -> str:
        """Substitute a text on a channel."""
        return await self.substitution.evaluate(channel, text)

    def read_variable(self, channel: Channel, name: str) -> str:
        """What ``${name}`` is, a function's value included.

        Raises:
            DialplanError: It is a function that waits.
        """
        return self.substitution.read(channel, name)

    def write_function(
        self, channel: Channel, name: str, arguments: str, value: str
    ) -> Awaitable[None] | None:
        """Write ``name(arguments)``; what is returned, if anything, must be awaited.

        Raises:
            DialplanError: There is no such function, or it is read-only.
        """
        function = self.functions.get(name)
        if function is None or function.writer is None:
            what = "read-only" if function is not None else "not registered"
            raise DialplanError(f"function {name} is {what}")
        side = function.writer
        try:
            values = side.signature.bind(arguments)
        except BadArgumentsError as error:
            # Asterisk: a function that cannot be written ends nothing (22).
            raise DialplanError(str(error)) from error
        result: Awaitable[None] | None = side.run(channel, value, *values)
        return result

    def start_application(self, channel: Channel, name: str, data: str) -> Awaitable[None] | None:
        """Start an application by name, as ExecIf does.

        Raises:
            ApplicationFailedError: There is no such application.
        """
        application = self.applications.get(name.strip().lower())
        if application is None:
            raise ApplicationFailedError(f"there is no application {name.strip()!r}")
        return application(channel, data)

    # running

    async def run(self, channel: Channel) -> None:
        """Execute from the channel's position until its end, ``h`` included."""
        self._running[channel] = Run(channel, self._program)
        try:
            await self._interruptible(channel, self._run_diverted(channel))
            while channel.is_redirected and not channel.is_hung_up:
                channel.is_redirected = channel.jumped = False
                await self._interruptible(channel, self._run_diverted(channel))
            if channel.pbx.events.wants(DialplanEnded):
                channel.pbx.events.publish(DialplanEnded(channel.name))
            await self._run_h(channel)
            await run_hangup_handlers(channel)
        finally:
            channel.leave_task()
            self._running.pop(channel, None)

    async def execute(self, channel: Channel, application: str, data: str) -> None:
        """Execute one application, its data taken as it is, without the dialplan around it."""
        channel.announce(application, data)
        await self._interruptible(channel, self._execute(channel, application, data))
        channel.leave_task()
        if channel.is_redirected and not channel.is_hung_up:
            channel.is_redirected = channel.jumped = False
            await self.run(channel)
        else:
            await run_hangup_handlers(channel)

    async def _execute(self, channel: Channel, application: str, data: str) -> None:
        try:
            result = self.start_application(channel, application, data)
            if result is not None:
                await result
        except DialplanError as error:
            logger.warning("%s: %s", channel.name, error)

    async def _interruptible(self, channel: Channel, work: Awaitable[None]) -> None:
        """Run until done, hung up or redirected: both cancel the task, which goes on from here."""
        task = asyncio.current_task()
        assert task is not None
        channel.run_in(task)
        try:
            await work
        except HangupError:
            pass
        except asyncio.CancelledError:
            if not (channel.is_hung_up or channel.is_redirected):
                raise
            task.uncancel()
        finally:
            channel.leave_task()

    async def _run_diverted(self, channel: Channel) -> None:
        """Do what somebody else wants the channel to do, if anybody does, else its dialplan."""
        diversion, channel.diversion = channel.diversion, None
        if diversion is not None:
            await diversion()
            if not channel.jumped:
                return
            channel.jumped = False
        await self._run_to_the_end(channel)

    async def _run_to_the_end(self, channel: Channel) -> None:
        run = self._run_of(channel)
        goes_on = True
        while goes_on:
            match await self._run_steps(channel, run):
                case _End.STOPPED:
                    goes_on = False
                case _End.NO_NEXT:
                    goes_on = await self._without_priority(channel)
                case _End.LED_NOWHERE:
                    goes_on = self._invalid(channel)

    async def _run_steps(self, channel: Channel, run: Run) -> _End:
        """Execute from where the channel stands."""
        program = run.program
        left = STEPS_BETWEEN_PAUSES
        was_moved = False
        while not channel.is_hung_up:
            step = run.arrive()
            if step is None:
                return _End.LED_NOWHERE if was_moved else _End.NO_NEXT
            while step is not None:
                channel.priority = step.number
                try:
                    waiting = (step.run or program.compile(step))(channel)
                    if waiting is not None:
                        await waiting
                except DialplanError as error:
                    self._failed(channel, step, error)
                left -= 1
                if not left:
                    await run.pace.pause()
                    left = STEPS_BETWEEN_PAUSES
                if channel.is_hung_up:
                    return _End.STOPPED
                step = run.jump() if channel.jumped else step.after
            was_moved = run.leave()
        return _End.STOPPED

    async def _run_while(self, channel: Channel, goes_on: Callable[[], bool]) -> None:
        """Execute from where the channel stands, asking before each step."""
        run = self._run_of(channel)
        while goes_on() and (step := run.arrive()) is not None:
            try:
                waiting = (step.run or run.program.compile(step))(channel)
                if waiting is not None:
                    await waiting
            except DialplanError as error:
                self._failed(channel, step, error)
            run.leave()
            await run.pace.step()

    async def run_inside(self, channel: Channel, goes_on: Callable[[], bool]) -> None:
        """Execute priorities from where the channel stands, on behalf of an application.

        Ends where ``goes_on`` says no, where there is no next priority, or with the call.
        """
        channel.jumped = False
        was_hung_up = channel.is_hung_up  # h and what follows it run on a channel that is
        await self._run_while(channel, lambda: channel.is_hung_up == was_hung_up and goes_on())

    async def call_routine(
        self, channel: Channel, place: tuple[str, str, int], arguments: list[str]
    ) -> str:
        """Run a Gosub routine to its Return(), and come back to where the channel stood.

        Returns:
            What it returned; nothing where it came to an end without Return().
        """
        back = (channel.context, channel.extension, channel.priority)
        shown, depth = (channel.application, channel.data), len(frames_of(channel))
        push(channel, arguments, return_to=back)
        channel.goto(*place)
        channel.variables.pop("GOSUB_RETVAL", None)
        try:
            await self.run_inside(channel, lambda: len(frames_of(channel)) > depth)
        finally:  # also where the call ends: its h is that of where it stood
            while len(frames_of(channel)) > depth:
                pop(channel)
            if not channel.is_redirected:
                channel.context, channel.extension, channel.priority = back
                channel.application, channel.data, channel.jumped = *shown, False
        return channel.variables.get("GOSUB_RETVAL", "")

    def _compile(self, priority: Priority) -> RunStep:
        application = self.applications.get(priority.application.lower())
        if application is None:
            return unknown_step(priority.application)
        return compile_step(self.substitution, application, priority.data)

    def _failed(self, channel: Channel, step: Step, error: DialplanError) -> None:
        logger.warning("%s: %s: %s", channel.name, step.priority.registrar, error)
        if error.ends_call:
            self._fail(channel)

    def _position(self, channel: Channel) -> str:
        """The line that a channel executes, for messages."""
        place = (channel.context, channel.extension, channel.caller.number)
        step = self._program_of(channel).match(*place).steps.get(channel.priority)
        written = f"{channel.extension}@{channel.context}:{channel.priority}"
        return written if step is None else step.priority.registrar

    def _fail(self, channel: Channel) -> None:
        """What was executed went wrong so that the call cannot go on: ``e``, or its end."""
        if channel.is_hung_up:
            return
        if channel.extension != "e" and self.exists(channel, "e"):
            raise_exception(channel, "ERROR")
        else:
            channel.hangup(HangupCause.NORMAL_CLEARING)

    def _invalid(self, channel: Channel) -> bool:
        """A jump led nowhere: ``i``, then ``e``, then the end."""
        if self.exists(channel, "i"):
            channel.variables["INVALID_EXTEN"] = channel.extension
            channel.extension, channel.priority = "i", 1
            return True
        if self.exists(channel, "e"):
            raise_exception(channel, "INVALID")
            channel.jumped = False
            return True
        logger.warning(
            "%s: there is no %s in context %s, nor an 'i' or 'e'",
            channel.name, channel.extension, channel.context,
        )  # fmt: skip
        return False

    async def _without_priority(self, channel: Channel) -> bool:
        """The extension has come to its end."""
        if channel.priority == 1 and not self.exists(channel, channel.extension):
            return self._invalid(channel)
        if self.dialplan_of(channel).auto_fall_through:
            await self._fall_through(channel)
            return False
        return await self._wait_for_extension(channel)

    async def _fall_through(self, channel: Channel) -> None:
        """Tell the caller how the last Dial ended (``autofallthrough``)."""
        status = channel.variables.get("DIALSTATUS", "")
        if status == "BUSY":
            await channel.indicate(Indication.BUSY)
            await channel.sleep(FALL_THROUGH_WAIT)
        elif status in {"CHANUNAVAIL", "CONGESTION"}:
            await channel.indicate(Indication.CONGESTION)
            await channel.sleep(FALL_THROUGH_WAIT)

    async def _wait_for_extension(self, channel: Channel) -> bool:
        number = await self.collect(channel, "", channel.response_timeout)
        return self.go_to_collected(channel, number)

    async def collect(self, channel: Channel, digits: str, first_within: float) -> str:
        """Read digits while the context could match more of them.

        Args:
            channel: Whose context counts.
            digits: Those keyed already.
            first_within: Seconds to wait for the next digit; the later ones get the digit timeout.
        """
        within = first_within
        while not digits or self.could_match_more(channel, digits):
            digit = await channel.read_digit(within)
            if digit is None:
                break
            digits += digit
            within = channel.digit_timeout
        return digits

    def go_to_collected(self, channel: Channel, number: str) -> bool:
        """Move to what was keyed, else to ``i``; to ``t`` where nothing was; else to ``e``."""
        if number and self.exists(channel, number):
            channel.goto(channel.context, number, 1)
            return True
        special = "i" if number else "t"
        if number:
            channel.variables["INVALID_EXTEN"] = number
        if self.exists(channel, special):
            channel.goto(channel.context, special, 1)
            return True
        if self.exists(channel, "e"):
            raise_exception(channel, "INVALID" if number else "RESPONSETIMEOUT")
            return True
        logger.warning("%s: no %r in context %s", channel.name, special, channel.context)
        channel.hangup(HangupCause.NORMAL_CLEARING)
        return False

    async def _run_h(self, channel: Channel) -> None:
        """``h`` runs on a channel that is hung up: nothing interrupts it any more."""
        if channel.extension == "h" or not self.exists(channel, "h"):
            return
        channel.extension, channel.priority, channel.jumped = "h", 1, False
        steps = itertools.count()
        with contextlib.suppress(HangupError):
            # An endless h would keep its channel for ever.
            await self._run_while(channel, lambda: next(steps) < MAX_STEPS_OF_H)
