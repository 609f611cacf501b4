"""Runs channels through the dialplan: one task a channel, one step a priority."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from switchroom.base.errors import ApplicationFailedError, BadArgumentsError, DialplanError
from switchroom.dialplan.exceptions import raise_exception
from switchroom.dialplan.frames import frames_of, pop, push
from switchroom.dialplan.hangup_handlers import run_hangup_handlers
from switchroom.dialplan.model import HINT, Dialplan, Extension, Priority
from switchroom.dialplan.registry import Application, Function
from switchroom.dialplan.substitution import Compiled, Substitution
from switchroom.dialplan.switches import Place
from switchroom.pbx.channel import Channel, HangupError
from switchroom.pbx.events import NewExtension
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.technology import Indication

logger = logging.getLogger(__name__)

STEPS_BETWEEN_YIELDS = 128  #: a loop of plain applications gives way to others so often
FALL_THROUGH_WAIT = 10.0  #: seconds that busy or congestion is signalled at the end


@dataclass(frozen=True, slots=True)
class _Step:
    """A priority bound to its application and compiled."""

    priority: Priority
    application: Application | None
    data: Compiled


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
        self.applications = applications
        self.functions = functions
        self.substitution = Substitution(functions)
        self.dialplan = dialplan or Dialplan({})
        self._running: dict[Channel, Dialplan] = {}
        self._steps: dict[int, tuple[Priority, _Step]] = {}

    def replace(self, dialplan: Dialplan) -> None:
        """New channels start in ``dialplan`` from now on."""
        self.dialplan = dialplan
        self._steps = {}

    # what the core and the applications ask

    def dialplan_of(self, channel: Channel) -> Dialplan:
        """The dialplan that a channel runs in."""
        return self._running.get(channel, self.dialplan)

    def has_extension(self, context: str, extension: str, caller: str = "") -> bool:
        """Whether priority 1 of ``extension`` exists, includes and patterns considered."""
        return self.dialplan.find(context, extension, 1, caller) is not None

    def exists(
        self, channel: Channel, extension: str, priority: int = 1, context: str | None = None
    ) -> bool:
        """Whether a place exists, seen from a channel."""
        dialplan = self.dialplan_of(channel)
        where = channel.context if context is None else context
        return dialplan.find(where, extension, priority, channel.caller.number) is not None

    def could_match_more(self, channel: Channel, number: str) -> bool:
        """Whether it is worth waiting for another digit behind ``number``."""
        dialplan = self.dialplan_of(channel)
        return dialplan.could_match_more(channel.context, number, channel.caller.number)

    def find_priority(
        self, channel: Channel, context: str, extension: str, word: str
    ) -> int | None:
        """What a number, a label or ``n`` stands for; None where there is no such label."""
        word = word.strip()
        if word.isascii() and word.isdigit():
            return int(word)
        if word in {"n", "N"}:
            return channel.priority + 1
        dialplan = self.dialplan_of(channel)
        return dialplan.find_label(context, extension, word, channel.caller.number)

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
        compiled = self.substitution.compile("${" + name + "}")
        result = compiled.render(channel) if not compiled.is_async else None
        if not isinstance(result, str):
            raise DialplanError(f"{name!r} waits: put its value into a variable first")
        return result

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
        self._running[channel] = self.dialplan
        try:
            await self._interruptible(channel, self._run_to_the_end(channel))
            while channel.is_redirected and not channel.is_hung_up:
                channel.is_redirected = channel.jumped = False
                await self._interruptible(channel, self._run_to_the_end(channel))
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

    async def _run_to_the_end(self, channel: Channel) -> None:
        while await self._run_priorities(channel):
            pass

    async def _run_priorities(self, channel: Channel) -> bool:
        """Execute until there is no next priority; returns whether to go on elsewhere."""
        dialplan = self.dialplan_of(channel)
        extension: Extension | None = None
        position: tuple[str, str] | None = None
        count = 0
        while not channel.is_hung_up:
            place = (channel.context, channel.extension)
            if (
                extension is None
                or place != position
                or channel.priority not in extension.priorities
            ):
                position = place
                extension = dialplan.find(*place, channel.priority, channel.caller.number)
                if extension is None:
                    return await self._without_priority(channel)
                if dialplan.has_switches:
                    position = self._pass_switches(channel, dialplan)
            await self._step(channel, extension.priorities[channel.priority])
            if channel.jumped:
                channel.jumped = False
                if not self.exists(channel, channel.extension, channel.priority):
                    return self._invalid(channel)
            else:
                channel.priority += 1
            count += 1
            if count % STEPS_BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)
        return False

    def _pass_switches(self, channel: Channel, dialplan: Dialplan) -> tuple[str, str]:
        """Move a channel to where the extension stands that was found for it."""
        place = Place(channel.context, channel.extension, channel.priority)
        there = dialplan.place_of(place, channel.caller.number)
        channel.context, channel.extension, channel.priority = there
        return there.context, there.extension

    async def run_inside(self, channel: Channel, goes_on: Callable[[], bool]) -> None:
        """Execute priorities from where the channel stands, on behalf of an application.

        Ends where ``goes_on`` says no, where there is no next priority, or with the call.
        """
        dialplan = self.dialplan_of(channel)
        count = 0
        channel.jumped = False
        was_hung_up = channel.is_hung_up  # h and what follows it run on a channel that is
        while channel.is_hung_up == was_hung_up and goes_on():
            place = (channel.context, channel.extension, channel.priority)
            extension = dialplan.find(*place, channel.caller.number)
            if extension is None:
                return
            if dialplan.has_switches:
                self._pass_switches(channel, dialplan)
            await self._step(channel, extension.priorities[channel.priority])
            if channel.jumped:
                channel.jumped = False
            else:
                channel.priority += 1
            count += 1
            if count % STEPS_BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)

    async def call_routine(
        self, channel: Channel, place: tuple[str, str, int], arguments: list[str]
    ) -> str:
        """Run a Gosub routine to its Return(), and come back to where the channel stood.

        Returns:
            What it returned; nothing where it came to an end without Return().
        """
        back = (channel.context, channel.extension, channel.priority)
        depth = len(frames_of(channel))
        push(channel, arguments, return_to=back)
        channel.goto(*place)
        channel.variables.pop("GOSUB_RETVAL", None)
        await self.run_inside(channel, lambda: len(frames_of(channel)) > depth)
        while len(frames_of(channel)) > depth:
            pop(channel)
        channel.context, channel.extension, channel.priority = back
        channel.jumped = False
        return channel.variables.get("GOSUB_RETVAL", "")

    def _compiled(self, priority: Priority) -> _Step:
        found = self._steps.get(id(priority))
        if found is None or found[0] is not priority:
            application = self.applications.get(priority.application.lower())
            step = _Step(priority, application, self.substitution.compile(priority.data))
            found = self._steps[id(priority)] = (priority, step)
        return found[1]

    async def _step(self, channel: Channel, priority: Priority) -> None:
        try:
            step = self._compiled(priority)
            data = step.data.constant
            if data is None:
                rendered = step.data.render(channel)
                data = rendered if isinstance(rendered, str) else await rendered
            application = step.application
            if application is None:
                where = f"({channel.context}, {channel.extension}, {channel.priority})"
                logger.warning("No application '%s' for extension %s", priority.application, where)
                self._fail(channel)
                return
            if channel.pbx.events.wants(NewExtension):
                channel.announce(application.name, data)
            else:
                channel.application, channel.data = application.name, data
            result = application(channel, data)
            if result is not None:
                await result
        except DialplanError as error:
            logger.warning("%s: %s: %s", channel.name, priority.registrar, error)
            if error.ends_call:
                self._fail(channel)

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
        dialplan = self.dialplan_of(channel)
        steps = 0
        while steps < 100_000:  # an endless h would keep its channel for ever
            place = (channel.context, channel.extension, channel.priority)
            extension = dialplan.find(*place, channel.caller.number)
            if extension is None:
                return
            try:
                await self._step(channel, extension.priorities[channel.priority])
            except HangupError:
                return
            if channel.jumped:
                channel.jumped = False
            else:
                channel.priority += 1
            steps += 1
            if steps % STEPS_BETWEEN_YIELDS == 0:
                await asyncio.sleep(0)
