"""States that systems tell each other (``type = asterisk-publication``)."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from switchroom.channels.sip.presence.exchange_bodies import (
    DeviceSaid,
    MailboxSaid,
    RefreshAsked,
    Word,
    write_word,
)
from switchroom.channels.sip.presence.mwi import whole
from switchroom.config.pjsip.publishing import (
    DEVICE_EVENT,
    MAILBOX_EVENT,
    AsteriskPublication,
    OutboundPublish,
)
from switchroom.pbx.pbx import Pbx
from switchroom.pbx.states.device_state import (
    DeviceState,
    DeviceStateChanged,
    RemoteDevices,
    own_device_state,
)
from switchroom.pbx.states.device_watch import DeviceStates
from switchroom.pbx.states.hints import parse_hint
from switchroom.pbx.states.mailboxes import MailboxChanged, Mailboxes, RemoteMailboxes, messages_in
from switchroom.sip.client_publication import Piece

if TYPE_CHECKING:
    from switchroom.channels.sip.presence.outbound import OutboundPublications
    from switchroom.channels.sip.service import SipService

logger = logging.getLogger(__name__)

FAMILY, KEY = "switchroom", "eid"  #: of the AstDB
MAX_SYSTEMS = 32  #: that speak by one publication
_TRANSIENT = "local/"  #: a device of the technology Local is an extension: there is no end of them


class SystemId:
    """Which system this is, for others; a datastore of the core, kept over a restart."""

    def __init__(self) -> None:
        self._id = ""

    def of(self, pbx: Pbx) -> str:
        """Six octets as Asterisk writes them."""
        if not self._id:
            self._id = pbx.astdb.get(FAMILY, KEY) or ""
        if not self._id:
            self._id = ":".join(f"{octet:02x}" for octet in secrets.token_bytes(6))
            pbx.spawn(pbx.astdb.put(FAMILY, KEY, self._id), name="the system's id")
        return self._id


class DeviceTeller:
    """What is told of our devices.

    Args:
        service: Whose.
        settings: Where it goes.
        exchange: Which of them; None: nobody says so, and nothing is told.
    """

    def __init__(
        self, service: SipService, settings: OutboundPublish, exchange: AsteriskPublication | None
    ) -> None:
        self._service = service
        self.settings = settings
        self.exchange = exchange
        self._told: dict[str, DeviceState] = {}

    def users(self) -> list[str]:
        """See :class:`~.outbound.Teller`."""
        return [""] if self.exchange is not None and self.exchange.has_devices else []

    def pieces(self, user: str) -> Iterator[Piece]:
        """See :class:`~.outbound.Teller`."""
        yield "", write_word(RefreshAsked(_system(self._service)))
        yield from self.all_of_them()

    def all_of_them(self) -> Iterator[Piece]:
        """The devices of our endpoints, and those that hints have."""
        pbx = self._service.pbx
        endpoints = self._service.settings.endpoints.values()
        names = [f"{each.technology}/{each.name}" for each in endpoints]
        names += [d for *_, hint in pbx.dialplan.hints() for d in parse_hint(hint).devices]
        for name in dict.fromkeys(names):
            if self._is_ours(name):
                yield self._piece(name)

    def _is_ours(self, device: str) -> bool:
        exchange = self.exchange
        return (
            exchange is not None
            and not device.lower().startswith(_TRANSIENT)
            and exchange.devices.search(device) is not None
            and own_device_state(self._service.pbx, device) is not DeviceState.INVALID
        )

    def _piece(self, device: str) -> Piece:
        state = self._told[device] = own_device_state(self._service.pbx, device)
        return device, write_word(DeviceSaid(_system(self._service), device, state))

    def changed(self, event: object) -> Iterator[tuple[str, Piece]]:
        """See :class:`~.outbound.Teller`."""
        if not isinstance(event, DeviceStateChanged) or not self._is_ours(event.device):
            return
        if self._told.get(event.device) is not own_device_state(self._service.pbx, event.device):
            yield "", self._piece(event.device)


class MailboxTeller:
    """What is told of our mailboxes; see :class:`DeviceTeller`."""

    def __init__(
        self, service: SipService, settings: OutboundPublish, exchange: AsteriskPublication | None
    ) -> None:
        self._service = service
        self.settings = settings
        self.exchange = exchange
        self._told: dict[str, tuple[int, int]] = {}

    def users(self) -> list[str]:
        """See :class:`~.outbound.Teller`."""
        return [""] if self.exchange is not None and self.exchange.has_mailboxes else []

    def pieces(self, user: str) -> Iterator[Piece]:
        """See :class:`~.outbound.Teller`."""
        yield "", write_word(RefreshAsked(_system(self._service)))
        yield from self.all_of_them()

    def all_of_them(self) -> Iterator[Piece]:
        """The mailboxes of our endpoints and addresses of record, and those that were told."""
        settings = self._service.settings
        names = [name for each in settings.endpoints.values() for name in each.mailboxes]
        names += [name for each in settings.aors.values() for name in each.mailboxes]
        for name in dict.fromkeys((*map(whole, names), *self._told)):
            if self.exchange is not None and self.exchange.mailboxes.search(name):
                yield self._piece(name)

    def _piece(self, mailbox: str) -> Piece:
        new, old = self._told[mailbox] = self._service.pbx.datastore(Mailboxes).count(mailbox)
        return mailbox, write_word(MailboxSaid(_system(self._service), mailbox, new, old))

    def changed(self, event: object) -> Iterator[tuple[str, Piece]]:
        """See :class:`~.outbound.Teller`."""
        exchange = self.exchange
        if not isinstance(event, MailboxChanged) or exchange is None:
            return
        name = whole(event.mailbox)
        if exchange.mailboxes.search(name) is not None and self._told.get(
            name
        ) != self._service.pbx.datastore(Mailboxes).count(name):
            yield "", self._piece(name)


def _system(service: SipService) -> str:
    return service.pbx.datastore(SystemId).of(service.pbx)


class Heard:
    """What other systems have told.

    Args:
        service: Whose.
        outbound: What we tell them.
    """

    def __init__(self, service: SipService, outbound: OutboundPublications) -> None:
        self._service = service
        self._outbound = outbound
        self._systems: dict[tuple[str, str], set[str]] = {}  # by event and publication

    def hear(self, event: str, resource: str, name: str, word: Word) -> None:
        """Take one word.

        Args:
            event: By which it came.
            resource: Of the inbound publication.
            name: Of the ``asterisk-publication`` that says what counts.
            word: What is said.
        """
        pbx = self._service.pbx
        exchange = self._service.settings.pjsip.exchanges.get(name)
        if exchange is None or word.system == _system(self._service):
            return
        system = f"{resource} {word.system}"
        systems = self._systems.setdefault((event, resource), set())
        if system not in systems and len(systems) >= MAX_SYSTEMS:
            return
        systems.add(system)
        match word:
            case DeviceSaid(_, device, state) if event == DEVICE_EVENT:
                is_wanted = exchange.has_devices and exchange.devices.search(device)
                states = pbx.datastore(RemoteDevices)
                if is_wanted and states.say(system, device, state):
                    self._device_changed(device)
            case MailboxSaid(_, mailbox, new, old) if event == MAILBOX_EVENT:
                is_wanted = exchange.has_mailboxes and exchange.mailboxes.search(mailbox)
                if is_wanted:
                    self.say_mailbox(system, mailbox, (new, old))
            case RefreshAsked():
                by = exchange.devices_by if event == DEVICE_EVENT else exchange.mailboxes_by
                self._outbound.tell_again(by)
            case _:
                pass

    def say_mailbox(self, system: str, mailbox: str, counts: tuple[int, int]) -> None:
        """A mailbox has these messages somewhere else."""
        pbx, name = self._service.pbx, whole(mailbox)
        if pbx.datastore(RemoteMailboxes).say(system, name, counts):
            self._mailbox_changed(name)

    def forget(self, event: str, resource: str) -> None:
        """A publication is over."""
        for system in self._systems.pop((event, resource), ()):
            self.forget_system(event, system)

    def forget_system(self, event: str, system: str) -> None:
        """What a system said is not true any more."""
        pbx = self._service.pbx
        if event == DEVICE_EVENT:
            for device in pbx.datastore(RemoteDevices).forget(system):
                self._device_changed(device)
        else:
            for mailbox in pbx.datastore(RemoteMailboxes).forget(system):
                self._mailbox_changed(mailbox)

    def _device_changed(self, device: str) -> None:
        states = self._service.pbx.datastore(DeviceStates)
        states.watch(self._service.pbx)
        states.changed(device)

    def _mailbox_changed(self, mailbox: str) -> None:
        pbx = self._service.pbx
        if pbx.events.wants(MailboxChanged):
            pbx.events.publish(MailboxChanged(mailbox, *messages_in(pbx, mailbox)))
