"""``phoneprov.conf``: files that phones fetch from the node's HTTP server."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import cache
from typing import TYPE_CHECKING

from switchroom.channels.sip.provisioning import Provisioning
from switchroom.config.language.options import ConfigWarning
from switchroom.config.phoneprov import PhoneprovConfig, read_phoneprov
from switchroom.net.http import HttpServer, Receive, Scope, Send
from switchroom.node.part import Part, Services
from switchroom.pbx.pbx import Pbx

if TYPE_CHECKING:
    from switchroom.web.phone_files import PhoneFiles

PATH = "/phoneprov"
GUESS = 0.25  #: of a failure, each time somebody asks for a phone that there is none of


class PhoneProvisioning(Part):
    """The file need not be there; without profiles in it nothing is served."""

    words = frozenset({"phoneprov", "res_phoneprov"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("phoneprov.conf", read_phoneprov) or PhoneprovConfig()
        return self._config.warnings

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx.datastore(Provisioning).config = self._config

    async def serve(self, services: Services, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        pbx, guard, loop = services.pbx, services.sip.guard, asyncio.get_running_loop()
        pbx.datastore(Provisioning).service = services.sip
        http = pbx.datastore(HttpServer)
        path = f"{http.prefix}{PATH}"

        def guessed(host: str) -> None:
            guard.failed(host, now=loop.time(), weight=GUESS)

        @cache
        def files() -> PhoneFiles:
            # Only nodes that phones ask pay for loading it.
            from switchroom.web.phone_files import PhoneFiles

            return PhoneFiles(pbx, path, guessed)

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            await files()(scope, receive, send)

        http.mount(path, answer)
