"""Every channel technology at once: a simulated one answers for any ``Technology/resource``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from switchroom.channels.local import LocalTechnology
from switchroom.pbx.channel import Channel, RequestError
from switchroom.pbx.hangup_cause import HangupCause
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.technology import Technology
from switchroom.tools.simulate.outcome import DEFAULT, Outcome, OutcomeKind
from switchroom.tools.simulate.party import Callee
from switchroom.tools.simulate.trace import Dialled

if TYPE_CHECKING:
    from switchroom.tools.simulate.simulation import Simulation

SIP_NAMES = frozenset({"PJSIP", "SIP"})

_UNKNOWN = Outcome(
    OutcomeKind.CHANUNAVAIL,
    cause=HangupCause.NOT_DEFINED,
    text="chanunavail, no such endpoint is configured",
)


class SimulatedTechnology:
    """Makes channels to parties that behave as scripted.

    Args:
        simulation: Has the script.
        name: As it stands in the names of channels: ``PJSIP``.
        real: Asked where the script says nothing of a resource; None: the default outcome.
    """

    def __init__(self, simulation: Simulation, name: str, real: Technology | None = None) -> None:
        self._simulation = simulation
        self._name = name
        self._real = real

    async def request(self, pbx: Pbx, resource: str, requestor: Channel | None) -> Channel:
        """Make a channel to a simulated party.

        Raises:
            RequestError: The script says ``chanunavail``.
        """
        full = f"{self._name}/{resource}"
        outcomes = self._simulation.outcomes
        if self._real is not None and not outcomes.names(full):
            return await self._real.request(pbx, resource, requestor)
        scripted = outcomes.next(full)
        outcome = scripted or self._unscripted(resource)
        self._simulation.note(
            Dialled,
            requestor.name if requestor is not None else "",
            resource=full,
            outcome=outcome.text,
            scripted=scripted is not None,
        )
        if outcome.kind is OutcomeKind.CHANUNAVAIL:
            raise RequestError(f"{full} cannot be reached: {outcome.text}", outcome.cause)
        callee = Callee(self._simulation, outcome)
        name = f"{full.partition('@')[0]}-{pbx.next_sequence(self._name):08x}"
        callee.channel = Channel(pbx, name=name, driver=callee, extension="")
        if requestor is not None:
            callee.channel.extension = requestor.extension
        return callee.channel

    def _unscripted(self, resource: str) -> Outcome:
        """What nobody scripted answers, unless the configuration knows better."""
        endpoints = self._simulation.configuration.endpoints
        if endpoints is None or self._name not in SIP_NAMES:
            return DEFAULT
        name = resource.partition("/")[0].rpartition("@")[2]
        return DEFAULT if name in endpoints else _UNKNOWN


class AnyTechnology(Mapping[str, Technology]):
    """The technologies of a simulation: Local as it is, everything else simulated.

    Args:
        simulation: Has the script.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._made: dict[str, Technology] = {
            "LOCAL": SimulatedTechnology(simulation, "Local", LocalTechnology())
        }

    def __getitem__(self, name: str) -> Technology:
        if name not in self._made:
            self._made[name] = SimulatedTechnology(self._simulation, name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)
