"""``switchroom queue simulate``: the command line."""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from switchroom.base.errors import SwitchroomError
from switchroom.config.language.reader import ConfigFile, Entry, Section, read_config
from switchroom.config.queues.queues import QueuesConfig, QueueSettings, read_queues
from switchroom.config.queues.skills import (
    QueueSkills,
    Requirement,
    SkillsConfig,
    parse_requirement,
    read_queue_skills,
)
from switchroom.tools.queue.erlang import service_level, speed_of_answer
from switchroom.tools.queue.recorded import Recording, read_log
from switchroom.tools.queue.report import json_report, text_report
from switchroom.tools.queue.result import Result, recorded_result, result_of
from switchroom.tools.queue.simulation import Agent, House, Rules, Simulation
from switchroom.tools.queue.traffic import SHAPES, Call, Traffic, exponential

T = TypeVar("T")
DEFAULT_TALK = 180.0  #: seconds
DEFAULT_WITHIN = 20.0  #: seconds of the service level, where the queue has none
EPILOG = """\
examples:
  switchroom queue simulate --rate 200 --talk 180 --agents 12
      200 calls an hour of three minutes each: what do twelve agents come to?
  switchroom queue simulate --rate 60,120,200,160 --patience 90 --agents 12 --set wrapuptime=10
      four hours of different traffic; callers give up after a minute and a half on average
  switchroom queue simulate --replay /var/log/asterisk/queue_log --queue support
      yesterday once more; beside it, what the log says
  switchroom queue simulate --replay queue_log --agents 24 --strategy leastrecent
      yesterday with 24 agents
  switchroom queue simulate -C /etc/asterisk --queue support --rate 200 --ask 'en>=3=30'
      the queue, the members and the skills of a configuration; 30 % of the callers ask for en>=3
  switchroom queue simulate -C /etc/asterisk --queue support,vip --rate support=200 --rate vip=20 \\
      --set vip:weight=5
      two queues with agents of their own and common ones, and what a weight comes to"""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Declare the command to the command line."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "simulate",
        help="a day of a queue in seconds: what if there were more agents, or other settings",
        description="Let calls come to a queue in virtual time, and say what comes of it. Who gets"
        " which call is decided by the code that decides on a running server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_traffic(parser.add_argument_group("calls"))
    _add_house(parser.add_argument_group("the queue"))
    parser.add_argument("--seed", type=int, default=1, help="of chance (default: 1)")
    parser.add_argument(
        "--interval", type=_positive, default=1800.0, metavar="S", help="of a row (default: 1800)"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    return parser


def _add_traffic(group: Any) -> None:
    group.add_argument("--replay", type=Path, metavar="FILE", help="the calls of a queue_log")
    group.add_argument(
        "--rate", metavar="[QUEUE=]N[,N…]", type=_named(_numbers), action="append",
        help="calls an hour; several: an hour each; again for another queue",
    )  # fmt: skip
    group.add_argument(
        "--hours", type=_positive, help="how long calls come (default: as many as rates)"
    )
    group.add_argument(
        "--talk", type=_named(_positive), action="append", metavar="[QUEUE=]S",
        help="mean talk time (default: 180)",
    )  # fmt: skip
    group.add_argument(
        "--shape", choices=sorted(SHAPES), default="exponential", help="of talk times"
    )
    group.add_argument(
        "--patience", type=_named(_positive), action="append", metavar="[QUEUE=]S",
        help="mean; without it nobody gives up",
    )  # fmt: skip
    group.add_argument(
        "--ask", type=_asked, action="append", default=[], metavar="SKILLS=%",
        help="percent of the callers with QUEUE_SKILLS; again for others",
    )  # fmt: skip


def _add_house(group: Any) -> None:
    group.add_argument(
        "-C", metavar="DIR", type=Path, dest="folder", default=argparse.SUPPRESS,
        help="configuration folder with queues.conf",
    )  # fmt: skip
    group.add_argument(
        "--queue", action="append", default=[], metavar="NAME[,NAME…]",
        help="of it, or of the log; several are played together",
    )  # fmt: skip
    group.add_argument("--agents", type=int, metavar="N", help="so many, instead of those named")
    group.add_argument("--strategy", help="instead of the queue's")
    group.add_argument(
        "--set", action="append", default=[], metavar="[QUEUE:]KEY=VALUE",
        help="any key of queues.conf",
    )  # fmt: skip
    group.add_argument(
        "--ring", type=float, default=0.0, metavar="S", help="seconds agents let it ring, mean"
    )
    group.add_argument(
        "--miss", type=float, default=0.0, metavar="%", help="offers that agents do not answer"
    )
    group.add_argument("--timeout", type=_positive, metavar="S", help="of Queue()")


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e9:
        raise argparse.ArgumentTypeError("expected a number above 0")
    return value


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(_positive(each) for each in text.split(","))


def _named(parse: Callable[[str], T]) -> Callable[[str], tuple[str, T]]:
    """``queue=value`` for one queue, ``value`` for all."""

    def parse_named(text: str) -> tuple[str, T]:
        queue, _, value = text.rpartition("=")
        return queue.strip(), parse(value)

    return parse_named


def _of(given: Sequence[tuple[str, T]] | None, queue: str) -> T | None:
    """What was said for a queue, or for all of them."""
    found = dict(given or ())
    return found.get(queue, found.get(""))


def _asked(text: str) -> tuple[Requirement, float]:
    skills, _, percent = text.rpartition("=")
    try:
        return parse_requirement(skills), float(percent) / 100
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{error}; as in 'en>=3=30'") from error


@dataclass(frozen=True, slots=True)
class _Tried:
    """One queue of those that are tried out."""

    house: House
    recording: Recording | None

    @property
    def name(self) -> str:
        return self.house.settings.name

    @property
    def within(self) -> float:
        return self.house.settings.service_level or DEFAULT_WITHIN


def simulate(chosen: argparse.Namespace) -> int:
    """Do it.

    Args:
        chosen: Parsed by the parser of :func:`add_parser`.

    Returns:
        The exit code.

    Raises:
        SwitchroomError: The log or the configuration cannot be used.
    """
    chance = random.Random(chosen.seed)
    names = [name for given in chosen.queue for name in given.split(",") if name] or [""]
    if chosen.replay is None and chosen.rate is None:
        raise SwitchroomError("which calls? --rate N, or --replay FILE")
    recordings = _recordings(chosen, names)
    config, skills = _configuration(chosen, names)
    tried = [
        _Tried(_house(chosen, settings, skills, recording), recording)
        for settings, recording in zip(config.queues.values(), recordings, strict=True)
    ]
    simulation = Simulation(
        *(each.house for each in tried),
        rules=Rules(config.shares_last_call, config.longest_first),
        seed=chosen.seed,
    )
    calls = [replace(call, queue=q.name) for q in tried for call in _calls(chosen, q, chance)]
    simulation.run(sorted(calls, key=lambda call: call.at))
    results = _results(simulation, tried, chosen.interval)
    is_by_chance = len(tried) == 1 and chosen.replay is None
    paper = _paper(chosen, tried[0].house, results["simulated"]) if is_by_chance else None
    report = json_report if chosen.json else text_report
    sys.stdout.write(report(results, paper=paper))
    return 0


def _results(simulation: Simulation, tried: list[_Tried], interval: float) -> dict[str, Result]:
    """Of all queues together, then of each, and what logs say of them."""
    limits = {each.name: each.within for each in tried}
    whole = result_of(simulation.outcomes, simulation.staffed, within=limits, interval=interval)
    results = {"simulated": whole}
    for each in tried:
        if len(tried) > 1:
            outcomes = [o for o in simulation.outcomes if o.call.queue == each.name]
            staffed = simulation.staffed_in(each.name)
            results[each.name] = result_of(outcomes, staffed, within=each.within, interval=interval)
        if each.recording is not None:
            wrap_up = each.house.settings.wrap_up
            name = "recorded" if len(tried) == 1 else f"{each.name} recorded"
            results[name] = recorded_result(
                each.recording, within=each.within, wrap_up=wrap_up, interval=interval
            )
    return results


def _recordings(chosen: argparse.Namespace, names: list[str]) -> list[Recording | None]:
    if chosen.replay is None:
        return [None] * len(names)
    try:
        with chosen.replay.open(encoding="utf-8", errors="replace") as file:
            lines = [*file]
    except OSError as error:
        raise SwitchroomError(f"{chosen.replay}: {error.strerror}") from error
    found = [read_log(lines, name) for name in names]
    began = min(each.began for each in found)
    for each in found:
        each.counted_from(began)
    return [*found]


def _calls(chosen: argparse.Namespace, tried: _Tried, chance: random.Random) -> Iterable[Call]:
    if tried.recording is not None:
        return tried.recording.traffic(chance)
    rates = _of(chosen.rate, tried.name)
    if rates is None:
        raise SwitchroomError(f"which calls of {tried.name}? --rate {tried.name}=N")
    length = 3600 * (chosen.hours or len(rates))
    talk = SHAPES[chosen.shape](_of(chosen.talk, tried.name) or DEFAULT_TALK)
    return Traffic(rates, length, talk, _of(chosen.patience, tried.name), chosen.ask).calls(chance)


def _house(
    chosen: argparse.Namespace,
    settings: QueueSettings,
    skills: SkillsConfig,
    recording: Recording | None,
) -> House:
    agents = _agents(chosen, settings, skills, recording)
    if not agents:
        raise SwitchroomError("no agents: --agents N, or a queue with members")
    shifts = tuple(recording.shifts) if recording is not None and chosen.agents is None else ()
    house = House(
        settings,
        agents,
        skills.queues.get(settings.name, QueueSkills()),
        shifts,
        misses=chosen.miss / 100,
    )
    if chosen.ring:
        house = replace(house, rings=exponential(chosen.ring))
    return house if chosen.timeout is None else replace(house, timeout=chosen.timeout)


def _agents(
    chosen: argparse.Namespace,
    settings: QueueSettings,
    skills: SkillsConfig,
    recording: Recording | None,
) -> list[Agent]:
    members = {member.name or member.interface: member for member in settings.members}
    found = [
        Agent(
            name,
            member.penalty,
            skills.levels_of(member.interface, member.name),
            member.wrap_up,
            member.state_interface or member.interface,
        )
        for name, member in members.items()
    ]
    if chosen.agents is not None:
        more = (Agent(f"agent {number + 1}") for number in range(len(found), chosen.agents))
        return [*found[: chosen.agents], *more]
    if recording is None:
        return found
    known = {agent.name: agent for agent in found}
    first = set(recording.at_first)
    return [
        replace(known.get(name, Agent(name)), is_there=name in first) for name in recording.agents
    ]


def _configuration(
    chosen: argparse.Namespace, names: list[str]
) -> tuple[QueuesConfig, SkillsConfig]:
    """Of ``queues.conf`` where there is one, with what the command line says otherwise."""
    folder: Path | None = getattr(chosen, "folder", None)
    path = Path("command line") if folder is None else folder / "queues.conf"
    file = ConfigFile(path) if folder is None else read_config(path)
    first = next((s.name for s in file.sections if s.name != "general"), "queue")
    names = [name or first for name in names]
    for name in names:
        section = file.section(name)
        if section is None:
            if folder is not None and chosen.replay is None:
                raise SwitchroomError(f"{path}: there is no queue {name!r}")
            section = Section(name, path, 0, [Entry("autofill", "yes", path, 0)])
            file.sections.append(section)
        section.entries += [Entry(key, value, path, 0) for key, value in _said(chosen, name)]
    skills = SkillsConfig()
    if folder is not None and (folder / "queueskills.conf").exists():
        skills = read_queue_skills(read_config(folder / "queueskills.conf"))
    config = read_queues(file)
    return replace(config, queues={name: config.queues[name] for name in names}), skills


def _said(chosen: argparse.Namespace, name: str) -> Iterator[tuple[str, str]]:
    """The settings of a queue that the command line has."""
    if chosen.strategy:
        yield "strategy", chosen.strategy
    for each in chosen.set:
        key, _, value = each.partition("=")
        queue, _, key = key.rpartition(":")
        if queue.strip() in {"", name}:
            yield key.strip(), value.strip()


def _paper(chosen: argparse.Namespace, house: House, result: Result) -> dict[str, float] | None:
    """Erlang C, where its one rate and its patient callers are what was asked for."""
    name = house.settings.name
    rates: tuple[float, ...] = _of(chosen.rate, name) or ()
    talk = _of(chosen.talk, name) or DEFAULT_TALK
    if len(rates) != 1 or _of(chosen.patience, name) is not None or chosen.ask:
        return None
    handling = talk + chosen.ring + house.settings.wrap_up
    load, agents = rates[0] / 3600 * handling, len(house.agents)
    level = service_level(load, agents, handling, result.within)
    return {
        "service level %": 100 * level,
        "ASA s": speed_of_answer(load, agents, handling),
        "occupancy %": min(100.0, 100 * load / agents),
    }
