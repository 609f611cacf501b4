"""Why a caller gets this agent and not that one: a decision in words.

Nothing is decided here: what is said comes from :class:`~switchroom.queues.decisions.Decision`,
which the decision itself filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from switchroom.config.queues.skills import format_levels, format_requirement
from switchroom.pbx.states.device_state import DeviceState
from switchroom.queues.decisions import Decision
from switchroom.queues.entry import NO_LIMIT, SLACK, Entry
from switchroom.queues.member import Member
from switchroom.queues.obstacles import Obstacle
from switchroom.queues.queue import CallQueue
from switchroom.queues.skills import what_is_missing

_STATES = {
    DeviceState.INUSE: "in use", DeviceState.BUSY: "busy", DeviceState.INVALID: "no such device",
    DeviceState.UNAVAILABLE: "unavailable", DeviceState.RINGING: "ringing",
    DeviceState.RINGINUSE: "ringing, in use", DeviceState.ONHOLD: "on hold",
    DeviceState.UNKNOWN: "unknown", DeviceState.NOT_INUSE: "not in use",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one member.

    Attributes:
        outcome: ``offered``, ``behind`` (could have had the call), or ``no``.
        obstacle: One word for why not; empty: nothing stands in its way.
        rank: Where it stands among those who could have the call, counted from 1; 0: nowhere.
    """

    name: str
    interface: str
    outcome: str
    obstacle: str
    reason: str
    rank: int
    penalty: int
    skills: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One decision; times are those of the wall clock.

    Attributes:
        is_past: It was carried out; otherwise it is what would be decided now.
        holds_up: Why this caller is offered to nobody now, whoever is free; empty: nothing.
    """

    queue: str
    caller: str
    unique_id: str
    at: float
    waited: float
    is_past: bool
    strategy: str
    penalties: str
    requires: str
    holds_up: str
    verdicts: tuple[Verdict, ...]

    def to_dict(self) -> dict[str, object]:
        """For JSON."""
        return asdict(self)


def explain(queue: CallQueue, name: str, now: float) -> list[Explanation]:
    """What is to be said of a caller, by channel or unique id.

    Of one who waits: what would be decided now, and the last decision about it. Without a name:
    of who is first in line, and of the last decision of the queue.
    """
    waiting = next((e for e in queue.waiting if not name or e.is_called(name)), None)
    found = []
    if waiting is not None:
        decision = queue.judge(waiting, now)
        found.append(_said(queue, decision, holds_up=_holds_up(queue, waiting, now)))
    if (past := queue.decisions.of(name)) is not None:
        found.append(_said(queue, past))
    return found


def _said(queue: CallQueue, decision: Decision, holds_up: str | None = None) -> Explanation:
    entry = decision.entry
    highest = "any" if decision.highest == NO_LIMIT else str(decision.highest)
    return Explanation(
        queue=queue.name,
        caller=entry.channel,
        unique_id=entry.unique_id,
        at=decision.at,
        waited=round(decision.at - entry.joined_at, 3),
        is_past=holds_up is None,
        strategy=decision.strategy,
        penalties=f"{decision.lowest} to {highest}",
        requires=format_requirement(decision.requirement),
        holds_up=holds_up or "",
        verdicts=tuple(_verdicts(decision)),
    )


def _holds_up(queue: CallQueue, entry: Entry, now: float) -> str:
    if entry.offered:
        return f"rings at {', '.join(member.name for member in entry.offered)}"
    if entry.not_before > now + SLACK:
        return f"nobody took it: offered again in {entry.not_before - now:.1f} s (retry)"
    if not queue.settings.autofill and entry is not queue.waiting[0]:
        return "not the first in line, and the queue serves one at a time (autofill = no)"
    return ""


def _verdicts(decision: Decision) -> Iterable[Verdict]:
    for place, (rank, member) in enumerate(decision.ranked, 1):
        if member in decision.taken:
            yield _verdict(member, "offered", "", _rank_text(decision, rank), place)
        else:
            yield _verdict(member, "behind", "", _rank_text(decision, rank), place)
    for member, obstacle, detail in decision.unfit:
        yield _verdict(member, "no", obstacle, _reason(decision, obstacle, detail))
    said = {member for _, member in decision.ranked} | {each[0] for each in decision.unfit}
    seen = decision.seen
    for member, found, detail in zip(seen.members, seen.obstacles, seen.details, strict=True):
        if found is not None:
            yield _verdict(member, "no", found, _reason(decision, found, detail))
        elif member not in said:
            yield _verdict(member, "no", Obstacle.CLAIMED, "offered to a caller before this one")


def _verdict(
    member: Member, outcome: str, obstacle: Obstacle | str, reason: str, rank: int = 0
) -> Verdict:
    skills = format_levels(member.skills)
    return Verdict(
        member.name, member.interface, outcome, str(obstacle), reason, rank, member.penalty, skills
    )


def _rank_text(decision: Decision, rank: tuple[int, int, tuple[float, int]]) -> str:
    penalty, merit, (by_strategy, _) = rank
    worth = f", skills {abs(merit)}" if merit else ""
    return f"penalty {penalty}{worth}, {decision.strategy} {by_strategy:g}"


_SAID = {
    Obstacle.TALKING: "talks with a caller of this queue",
    Obstacle.REFUSED: "did not take this very call a moment ago",
}


def _reason(decision: Decision, obstacle: Obstacle, detail: object) -> str:
    said = _SAID.get(obstacle, str(obstacle))
    match obstacle, detail:
        case Obstacle.PAUSED, (str(reason), float(since)):
            said = f"paused{f' ({reason})' if reason else ''}"
            said += f" since {decision.at - since:.0f} s" if since else ""
        case Obstacle.STATE, DeviceState() as state:
            said = f"device is {_STATES[state]}"
        case Obstacle.WRAP_UP, float(until):
            said = f"in wrap-up for {until - decision.at:.1f} s more"
        case Obstacle.CLAIMED, Entry() as holder:
            is_other = holder.queue != decision.entry.queue
            where = f"another queue, {holder.queue}" if is_other else "this queue"
            said = f"claimed by {where}, for {holder.channel}"
        case Obstacle.PENALTY, int(penalty) if penalty < decision.lowest:
            said = f"penalty {penalty} < {decision.lowest}"
        case Obstacle.PENALTY, _:
            said = f"penalty {detail} > {decision.highest}"
        case Obstacle.SKILL, Mapping() as levels:
            said = f"skill {what_is_missing(decision.requirement, levels)}"
        case Obstacle.WEIGHT, _:
            said = f"another queue, {detail}, goes before"
        case _:
            pass
    return said


def text_of(explanation: Explanation) -> str:
    """For people, a line each."""
    told = explanation
    when = f"{told.waited:.0f} s after it joined" if told.is_past else "now"
    lines = [f"{told.queue}: {told.caller}, {when} ({told.strategy}, penalties {told.penalties})"]
    if told.requires:
        lines.append(f"   requires {told.requires}")
    if told.holds_up:
        lines.append(f"   waits: {told.holds_up}")
    words = {"offered": "got it" if told.is_past else "would get it", "behind": "free", "no": "no"}
    for each in told.verdicts:
        place = f"{each.rank}." if each.rank else ""
        lines.append(f"   {place:<4}{each.name:<24} {words[each.outcome]:<13} {each.reason}")
    if not told.verdicts:
        lines.append("   the queue has no members")
    return "".join(f"{line}\n" for line in lines)
