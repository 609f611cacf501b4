"""``queues.conf``, ``queuerules.conf`` and ``queueskills.conf``, and the file ``queue_log``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.apps.queues.callbacks import Callbacks
from switchroom.config.extconfig import ExtConfig, read_extconfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.queues.queues import QueueRules, QueuesConfig, read_queue_rules, read_queues
from switchroom.config.queues.skills import SkillsConfig, read_queue_skills
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.queues.desk import Desks
from switchroom.queues.log import NONE, QueueLog
from switchroom.queues.realtime import MEMBERS, QUEUES, RULES, RealtimeQueues
from switchroom.queues.shared_claims import SharedClaims
from switchroom.storage.line_files import LineFiles
from switchroom.storage.queue_log import FILE, log_line


class Queues(Part):
    """None of the files need be there."""

    words = frozenset({"queues", "queuerules", "queueskills", "app_queue"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("queues.conf", read_queues) or QueuesConfig()
        self._rules = self.read_file("queuerules.conf", read_queue_rules) or QueueRules()
        self._skills = self.read_file("queueskills.conf", read_queue_skills) or SkillsConfig()
        families = (self.read_file("extconfig.conf", read_extconfig) or ExtConfig()).families
        self._is_mapped = not families.keys().isdisjoint({QUEUES, MEMBERS, RULES})
        return (*self._config.warnings, *self._rules.warnings, *self._skills.warnings)

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        if not self._config.queues and not self._is_mapped:
            return
        folder, what = self.asterisk.directories.astlogdir, "lines of the queue log"
        files = LineFiles(folder, what, is_durable=False)
        stack.callback(files.close)

        def write(call_id: str, queue: str, agent: str, event: str, *data: str) -> None:
            files.write(FILE, log_line(pbx.now(), call_id, queue, agent, event, *data))

        log = pbx.datastore(QueueLog)
        log.sinks.append(write)
        log.write(NONE, NONE, NONE, "QUEUESTART", "")

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        realtime = pbx.datastore(RealtimeQueues)
        pbx.datastore(Desks).use(
            pbx,
            self._config,
            dict(self._rules.rules),
            self._skills,
            complete=realtime.complete,
        )
        if self._is_mapped:
            realtime.use(pbx, reads_rules=self._rules.reads_rows)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx = services.pbx
        desks, realtime = pbx.datastore(Desks), pbx.datastore(RealtimeQueues)
        desks.share_claims(SharedClaims(services.cluster, pbx.system_name or "node", pbx.spawn))
        realtime.take_known()
        await desks.restore_members()
        for desk in desks.values():
            desk.refresh_all()  # when members were taken in, there were no devices to ask
        pbx.datastore(Callbacks).restore(pbx)
        if self._is_mapped:
            services.start_chore(realtime.watch(), "queues in databases")
