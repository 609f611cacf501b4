"""``agents.conf``: people who log in to take calls."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.channels.agent import CONTEXT
from switchroom.config.agents import AgentsConfig, read_agents
from switchroom.config.language.options import ConfigWarning
from switchroom.node.part import Part
from switchroom.pbx.added_extension import AddedExtension
from switchroom.pbx.pbx import Pbx
from switchroom.queues.agents import Agents


class AgentPool(Part):
    """The file need not be there."""

    words = frozenset({"agents", "app_agent_pool", "chan_agent"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("agents.conf", read_agents) or AgentsConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Agents).use(pbx, self._config)
        added = [
            AddedExtension(CONTEXT, name, "AgentRequest", name) for name in self._config.agents
        ]
        pbx.dialplan.add_extensions("app_agent_pool", added)
