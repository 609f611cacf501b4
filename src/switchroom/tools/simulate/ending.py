"""How a simulated call ended, and who ended it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from switchroom.tools.simulate.simulation import ENDLESS, LONGEST_CALL, SimulatedCall
from switchroom.tools.simulate.trace import Executed, HungUp, Logged, cause_text


class EndedBy(StrEnum):
    """Who ended a call."""

    CALLER = "caller"  #: hung up as scripted
    LIMIT = "limit"  #: the call lasted as long as a simulated call may
    APPLICATION = "application"  #: Hangup(), Dial() whose party hung up, Busy(), …
    END = "end"  #: no priority was left
    ERROR = "error"  #: the dialplan went wrong: no such extension, no such application, …
    NOBODY = "nobody"  #: it goes on


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a call."""

    by: EndedBy
    why: str  #: a sentence
    cause: int = 0
    at: float = 0.0  #: virtual seconds

    @property
    def is_error(self) -> bool:
        """Whether the dialplan is at fault."""
        return self.by is EndedBy.ERROR

    @property
    def cause_text(self) -> str:
        """``16 (normal clearing)``."""
        return cause_text(self.cause)


def ending_of(call: SimulatedCall) -> Ending:
    """How ``call`` ended."""
    name = call.channel.name
    hung_up = call.simulation.trace.of(HungUp, name)
    if not hung_up:
        return Ending(EndedBy.NOBODY, "the call goes on", at=call.simulation.loop.time())
    by, why = _who(call)
    return Ending(by, why, hung_up[-1].cause, hung_up[-1].at)


def _who(call: SimulatedCall) -> tuple[EndedBy, str]:
    if any(entry.message == ENDLESS for entry in call.simulation.trace.of(Logged)):
        return EndedBy.ERROR, ENDLESS
    if call.was_cut_off:
        return EndedBy.LIMIT, f"the caller hung up: no simulated call outlasts {LONGEST_CALL:g} s"
    if call.caller.hung_up:
        return EndedBy.CALLER, "the caller hung up"
    return _end_of_dialplan(call)


def _end_of_dialplan(call: SimulatedCall) -> tuple[EndedBy, str]:
    last, problem = _last_step(call)
    if problem or last is None:
        return EndedBy.ERROR, problem or "nothing was executed"
    where = f" at {last.priority.registrar}" if last.priority is not None else ""
    if call.hung_up_in_dialplan:
        return EndedBy.APPLICATION, f"{last.application}(){where} ended the call"
    return EndedBy.END, f"the dialplan came to its end behind {last.application}(){where}"


def _last_step(call: SimulatedCall) -> tuple[Executed | None, str]:
    """The last priority before ``h``, and what the dialplan complained about behind it."""
    last: Executed | None = None
    problem = ""
    for entry in call.simulation.trace:
        if entry.channel != call.channel.name:
            continue
        if isinstance(entry, Executed):
            if entry.extension == "h":
                break
            last, problem = entry, ""
        elif isinstance(entry, Logged) and _ends_calls(entry):
            problem = entry.message
    return last, problem


def _ends_calls(entry: Logged) -> bool:
    """Whether a call that goes no further behind such a line ended because of it."""
    return entry.level == "ERROR" or (
        entry.is_warning and entry.logger.startswith("switchroom.dialplan.")
    )
