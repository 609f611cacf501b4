"""A caller who is called back instead of waiting: what is kept of it, and its attempts. Pure."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields

from switchroom.queues.entry import Entry

FAMILY = "Queue/Callbacks"  #: in the AstDB


@dataclass(frozen=True, slots=True)
class CallbackPlan:
    """How somebody is called back; seconds."""

    context: str  #: of the dialplan, in which the number is dialled
    attempts: int = 3
    between: float = 300.0  #: two attempts
    within: float = 30.0  #: that the number rings
    is_caller_first: bool = False  #: the number is dialled before an agent's phone rings


@dataclass(slots=True)
class Callback:
    """One caller who is called back.

    Attributes:
        joined_at: When the caller joined the queue: its place.
        asked_at: When it asked to be called back.
        tried: Attempts that were made.
        not_before: When the next one may be.
        status: What it is doing: ``waiting``, ``pausing``, ``dialling`` or ``talking``.
    """

    identity: str
    queue: str
    number: str
    plan: CallbackPlan
    joined_at: float
    asked_at: float
    priority: int = 0
    skills: str = ""
    name: str = ""
    tried: int = 0
    not_before: float = 0.0
    status: str = field(default="waiting", compare=False)

    def failed(self, now: float) -> bool:
        """An attempt failed; tells whether there is another."""
        self.not_before = now + self.plan.between
        return self.tried < self.plan.attempts

    def place_in(self, entries: list[Entry]) -> int:
        """Where it stands among those who wait, counted from 1: as if it had never left."""
        mine = (-self.priority, self.joined_at)
        return 1 + sum((-each.priority, each.joined_at) <= mine for each in entries)

    def to_line(self) -> str:
        """For the AstDB."""
        kept = asdict(self)
        del kept["status"]
        return json.dumps(kept, separators=(",", ":"))


def callback_of_line(line: str) -> Callback | None:
    """What was kept; None where it cannot be read any more."""
    try:
        kept = json.loads(line)
        known = {each.name for each in fields(CallbackPlan)}
        plan = CallbackPlan(**{key: kept["plan"][key] for key in known & kept["plan"].keys()})
        wanted = {each.name for each in fields(Callback)} - {"plan", "status"}
        return Callback(plan=plan, **{key: kept[key] for key in wanted & kept.keys()})
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
