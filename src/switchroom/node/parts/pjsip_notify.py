"""``pjsip_notify.conf``: what ``pjsip send notify`` can say."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.base.errors import ConfigError
from switchroom.channels.sip.added_headers import HeaderError
from switchroom.channels.sip.presence.notifying import NotifyTypes, notification_of
from switchroom.config.language.options import ConfigWarning
from switchroom.config.pjsip.notify import read_pjsip_notify
from switchroom.node.part import Part
from switchroom.pbx.pbx import Pbx

FILE = "pjsip_notify.conf"


class NotifyKinds(Part):
    """The file, which need not be there."""

    words = frozenset({"pjsip_notify", "res_pjsip_notify"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        kinds = self.read_file(FILE, read_pjsip_notify) or {}
        path = self.asterisk.directories.astetcdir / FILE
        try:
            self._kinds = {name: notification_of(pairs) for name, pairs in kinds.items()}
        except HeaderError as error:
            raise ConfigError(str(error), path=path, line=0) from error
        return ()

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(NotifyTypes).by_name = self._kinds
