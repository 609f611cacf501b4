"""``voicemail.conf``: mailboxes, their e-mail, and who is told of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from contextlib import AsyncExitStack

from switchroom.base.errors import ConfigError
from switchroom.config.language.options import ConfigWarning
from switchroom.config.voicemail.mailboxes import Mailbox, VoicemailConfig, read_voicemail
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx
from switchroom.voicemail.outbox import Mail
from switchroom.voicemail.postman import Postman
from switchroom.voicemail.sending import (
    SmtpServer,
    parse_smtp,
    send_aside,
    send_by_command,
)
from switchroom.voicemail.service import Voicemail, voicemail_of
from switchroom.voicemail.spool import Spool

logger = logging.getLogger(__name__)

_FILE = "voicemail.conf"


class VoicemailPart(Part):
    """The file need not be there."""

    words = frozenset({"voicemail", "app_voicemail", "app_directory"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        config = self.read_file(_FILE, read_voicemail) or VoicemailConfig()
        smtp = config.general.smtp
        try:
            self._server = parse_smtp(smtp) if smtp else None
        except ValueError as error:
            path = self.asterisk.directories.astetcdir / _FILE
            raise ConfigError(f"smtp: {error}", path=path) from error
        self._config = config
        return config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        voicemail_of(pbx).use(self._config)

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        voicemail = voicemail_of(services.pbx)
        await asyncio.to_thread(_sweep, voicemail.spool, list(voicemail.boxes()))
        await voicemail.look_at_all()
        postman = Postman(voicemail.outbox, self._send, services.pbx.now)
        voicemail.on_mail = postman.collect
        services.start_chore(postman.run(), "voicemail's e-mail")
        services.start_chore(_poll(voicemail), "polling mailboxes")

    async def _send(self, mail: Mail) -> None:
        server: SmtpServer | None = self._server
        if server is not None:
            await send_aside(server, mail)
        else:
            await send_by_command(self._config.general.mail_command, mail)


def _sweep(spool: Spool, boxes: list[Mailbox]) -> None:
    """Before the first call, so that nobody is at work."""
    for box in boxes:
        spool.sweep(box)


async def _poll(voicemail: Voicemail) -> None:
    """Look at what other programs do in the spool, where that is asked for."""
    while True:
        await asyncio.sleep(voicemail.config.general.poll_every)
        await voicemail.look_at_all()
