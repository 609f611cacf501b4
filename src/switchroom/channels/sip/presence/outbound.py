"""What we publish at other servers (``type = outbound-publish``; RFC 3903)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Protocol

from switchroom.channels.sip.endpoints.endpoint import account_of
from switchroom.channels.sip.endpoints.settings import credentials_of, proxies_of
from switchroom.channels.sip.presence.exchange import DeviceTeller, MailboxTeller
from switchroom.channels.sip.presence.state_tellers import ExtensionTeller, MessagesTeller
from switchroom.config.pjsip.publishing import BODIES, DEVICE_EVENT, MAILBOX_EVENT, OutboundPublish
from switchroom.pbx.states.device_state import DeviceStateChanged
from switchroom.pbx.states.device_watch import DeviceStates, ExtensionStateChanged
from switchroom.pbx.states.mailboxes import MailboxChanged
from switchroom.sip.client_publication import ClientPublication, NewPublication, Piece
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.headers.name_addr import NameAddr
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

MAX_PUBLICATIONS = 10_000  #: of our own
GOODBYE_TIMEOUT = 1.0  #: seconds that servers get to forget what is taken back when we end
RETRY = 30.0  #: seconds until a way to a server is looked for again


class Teller(Protocol):
    """Knows what one ``outbound-publish`` tells."""

    settings: OutboundPublish

    def users(self) -> Iterable[str]:
        """For whom there are publications; empty: the one that the URI names."""
        ...

    def pieces(self, user: str) -> Iterable[Piece]:
        """All that is told of a user, at the beginning."""
        ...

    def changed(self, event: object) -> Iterator[tuple[str, Piece]]:
        """What an event of the bus changes, and of whom."""
        ...


class OutboundPublications:
    """All of them.

    Args:
        service: Sends them.
    """

    def __init__(self, service: SipService) -> None:
        self._service = service
        self._tellers: dict[str, Teller] = {}
        self._cores: dict[tuple[str, str], ClientPublication] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._ends: list[Callable[[], None]] = []
        self._ending = 0  # how many are being taken back
        self._all_ended = asyncio.Event()

    def __iter__(self) -> Iterator[tuple[str, str, ClientPublication]]:
        """Names, users and publications, in order."""
        return iter([(*key, core) for key, core in sorted(self._cores.items())])

    def take(self) -> None:
        """Publish what is configured now; what is published already and stays so is left alone."""
        config = self._service.settings.pjsip
        wanted = {name: self._teller(each) for name, each in config.outbound_publishes.items()}
        known = self._tellers
        kept = {
            name for name, teller in wanted.items() if name in known and _same(known[name], teller)
        }
        for name in known.keys() - kept:
            self._stop(name)
        self._tellers = {
            name: known[name] if name in kept else teller for name, teller in wanted.items()
        }
        for name in wanted.keys() - kept:
            for user in self._tellers[name].users():
                self._begin(name, user)
        self._listen()

    def _teller(self, settings: OutboundPublish) -> Teller:
        exchanges = self._service.settings.pjsip.exchanges.values()
        match settings.event:
            case event if event == DEVICE_EVENT:
                exchange = next((e for e in exchanges if e.devices_by == settings.name), None)
                return DeviceTeller(self._service, settings, exchange)
            case event if event == MAILBOX_EVENT:
                exchange = next((e for e in exchanges if e.mailboxes_by == settings.name), None)
                return MailboxTeller(self._service, settings, exchange)
            case "message-summary":
                return MessagesTeller(self._service, settings)
            case _:
                return ExtensionTeller(self._service, settings)

    def tell_again(self, name: str) -> None:
        """Another system wants to hear everything again."""
        teller, core = self._tellers.get(name), self._cores.get((name, ""))
        if core is not None and isinstance(teller, DeviceTeller | MailboxTeller):
            for piece in teller.all_of_them():
                core.publish(piece, now=self._service.now)
            self._service.pump()

    async def close(self) -> None:
        """Take all back, and wait a moment for the answers."""
        for name in list(self._tellers):
            self._stop(name)
        self._tellers = {}
        self._listen()
        self._all_ended.clear()
        if self._ending:
            try:
                async with asyncio.timeout(GOODBYE_TIMEOUT):
                    await self._all_ended.wait()
            except TimeoutError:
                logger.info("%s servers did not answer the goodbye", self._ending)

    # changes

    def _listen(self) -> None:
        """Hear of changes while something is published."""
        pbx = self._service.pbx
        if not self._tellers:
            while self._ends:
                self._ends.pop()()
        elif not self._ends:
            pbx.datastore(DeviceStates).watch(pbx)
            for kind in (DeviceStateChanged, ExtensionStateChanged, MailboxChanged):
                self._ends.append(pbx.events.subscribe(kind, self._hear))

    def _hear(self, event: object) -> None:
        is_sent = False
        for name, teller in self._tellers.items():
            for user, piece in teller.changed(event):
                core = self._cores.get((name, user))
                if core is not None and not core.is_over:
                    core.publish(piece, now=self._service.now)
                    is_sent = True
                elif core is None and user:
                    self._begin(name, user)
        if is_sent:
            self._service.pump()

    # each

    def _begin(self, name: str, user: str) -> None:
        key = (name, user)
        if key not in self._tasks and len(self._tasks) < MAX_PUBLICATIONS:
            work = self._publish(name, user)
            self._tasks[key] = self._service.pbx.spawn(work, name=f"publish {name} {user}")

    async def _publish(self, name: str, user: str) -> None:
        service, teller = self._service, self._tellers[name]
        settings = teller.settings
        proxies = proxies_of(settings.proxies)
        target = proxies[0] if proxies else settings.server_uri
        while not (flows := await service.flows_to(target, transport=settings.transport)):
            logger.warning("outbound-publish [%s]: no way to %s", name, target)
            await asyncio.sleep(RETRY)
        account = account_of(credentials_of(settings.auths, service.settings.pjsip))
        try:
            what = NewPublication(
                _uri(settings.server_uri, user),
                NameAddr(_uri(settings.from_uri or settings.server_uri, user)),
                NameAddr(_uri(settings.to_uri or settings.server_uri, user)),
                settings.event,
                BODIES[settings.event],
                settings.expiration,
                account,
                tuple(("Route", f"<{proxy}>") for proxy in proxies),
                settings.most_challenges,
            )
        except RemoteSipError as error:
            logger.warning("outbound-publish [%s]: %s", name, error)
            return
        whole, ended = partial(teller.pieces, user), partial(self._is_over, name)
        core = ClientPublication(service.stack, what, flows[0], whole, ended)
        self._cores[name, user] = core
        core.start(now=service.now)
        service.pump()

    def _is_over(self, name: str) -> None:
        if self._ending:
            self._ending -= 1
        else:
            logger.warning("outbound-publish [%s] is refused for good", name)
        if not self._ending:
            self._all_ended.set()

    def _stop(self, name: str) -> None:
        for key in [key for key in self._tasks if key[0] == name]:
            self._tasks.pop(key).cancel()
            core = self._cores.pop(key, None)
            if core is not None and not core.is_over:
                self._ending += 1
                core.stop(now=self._service.now)
        self._service.pump()


def _same(one: Teller, other: Teller) -> bool:
    """Whether two tell the same, besides what changes by itself."""
    exchanges = [getattr(each, "exchange", None) for each in (one, other)]
    return one.settings == other.settings and exchanges[0] == exchanges[1]


def _uri(text: str, user: str) -> str:
    """A configured URI, for one user where there are several.

    Raises:
        RemoteSipError: It is none.
    """
    uri = parse_uri(text)
    return str(SipUri(uri.scheme, user or uri.user, uri.host, uri.port, uri.parameters))
