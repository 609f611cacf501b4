"""Which priorities of a dialplan ran, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from switchroom.dialplan.model import HINT, Dialplan, Priority
from switchroom.tools.simulate.configuration import Configuration
from switchroom.tools.simulate.simulation import Simulation
from switchroom.tools.simulate.trace import Executed


class Spot(NamedTuple):
    """A priority, by what it is called in the file."""

    context: str
    extension: str  #: as written, ``_NXX/1234`` where it is for some callers only
    number: int


@dataclass(frozen=True, slots=True)
class CoveredPriority:
    """A priority of the dialplan, and how often it ran."""

    spot: Spot
    priority: Priority
    hits: int


@dataclass(slots=True)
class CoveredFile:
    """One dialplan: what there is, and what ran."""

    path: Path  #: the extensions.conf
    dialplan: Dialplan
    hits: Counter[Spot] = field(default_factory=Counter)

    def priorities(self) -> Iterator[CoveredPriority]:
        """Every priority in the order of the file; hints are none, nothing executes them."""
        for context in self.dialplan.contexts.values():
            for extension in context.extensions.values():
                name = extension_name(extension.name, extension.caller)
                for number, priority in sorted(extension.priorities.items()):
                    if number != HINT:
                        spot = Spot(context.name, name, number)
                        yield CoveredPriority(spot, priority, self.hits[spot])


def extension_name(name: str, caller: str | None) -> str:
    """An extension as it is written, its callers included."""
    return name if caller is None else f"{name}/{caller}"


def percent_of(priorities: Iterable[CoveredPriority]) -> float:
    """How many of the priorities ran; all of nothing."""
    ran = [bool(each.hits) for each in priorities]
    return 100.0 * sum(ran) / len(ran) if ran else 100.0


class Coverage:
    """What ran in a session, by the configuration."""

    def __init__(self) -> None:
        self.files: dict[Path, CoveredFile] = {}

    def add(self, simulation: Simulation) -> None:
        """Count what ran in a simulation."""
        file = self.include(simulation.configuration)
        for step in simulation.trace.of(Executed):
            if step.priority is not None and step.matched is not None:
                name = extension_name(step.matched.name, step.matched.caller)
                file.hits[Spot(step.found_in, name, step.priority.number)] += 1

    def include(self, configuration: Configuration) -> CoveredFile:
        """Count a dialplan, whether or not something of it runs."""
        where = configuration.where
        if where not in self.files:
            self.files[where] = CoveredFile(configuration.file, configuration.dialplan)
        return self.files[where]

    @property
    def percent(self) -> float:
        """Of all priorities of all dialplans."""
        return percent_of(each for file in self.files.values() for each in file.priorities())

    # between the processes of pytest-xdist

    def as_data(self) -> dict[str, list[list[Any]]]:
        """Plain data for another process."""
        return {
            str(where): [[*spot, hits] for spot, hits in file.hits.items()]
            for where, file in self.files.items()
        }

    def add_data(self, data: Mapping[str, list[list[Any]]]) -> None:
        """Count what ran in another process; it read the same files."""
        from switchroom.tools.testing.running import configuration

        for where, counted in data.items():
            file = self.include(configuration(Path(where)))
            for context, extension, number, hits in counted:
                file.hits[Spot(context, extension, number)] += hits
