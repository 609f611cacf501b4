"""What is published of extensions and mailboxes, in the forms that phones subscribe to as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from switchroom.channels.sip.presence.event_packages import PACKAGES, Watched
from switchroom.channels.sip.presence.mwi import whole
from switchroom.config.pjsip.publishing import OutboundPublish
from switchroom.pbx.states.device_state import DeviceState
from switchroom.pbx.states.device_watch import ExtensionStateChanged
from switchroom.pbx.states.hints import extension_state, find_hint
from switchroom.pbx.states.mailboxes import MailboxChanged, messages_in
from switchroom.sip.client_publication import Piece
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.uri import SipUri, parse_uri

if TYPE_CHECKING:
    from switchroom.channels.sip.service import SipService


def _place(settings: OutboundPublish) -> tuple[str, str]:
    """The user and the host of whom it is about."""
    try:
        uri = parse_uri(settings.from_uri or settings.server_uri)
    except RemoteSipError:
        return "", ""  # said when it is sent
    return uri.user, uri.host


class ExtensionTeller:
    """Extensions with hints, as ``presence`` or ``dialog``.

    Args:
        service: Whose.
        settings: Where it goes.
    """

    def __init__(self, service: SipService, settings: OutboundPublish) -> None:
        self._service = service
        self.settings = settings
        self._user, self._host = _place(settings)
        self._package = PACKAGES[settings.event]
        self._told: dict[str, DeviceState] = {}
        self._versions: dict[str, int] = {}

    def users(self) -> list[str]:
        """See :class:`~.outbound.Teller`."""
        return self._extensions() if self.settings.is_multi_user else [""]

    def _extensions(self) -> list[str]:
        hints = self._service.pbx.dialplan.hints()
        return [e for context, e, _ in hints if self._is_meant(context, e)]

    def _is_meant(self, context: str, extension: str) -> bool:
        settings = self.settings
        if context != settings.context:
            return False
        if settings.extensions is not None:
            return settings.extensions.search(extension) is not None
        return settings.is_multi_user or extension == self._user

    def pieces(self, user: str) -> Iterator[Piece]:
        """See :class:`~.outbound.Teller`."""
        pbx, context = self._service.pbx, self.settings.context
        for extension in [user] if user else self._extensions():
            hint = find_hint(pbx, context, extension)
            if hint is not None:
                yield self._piece(extension, extension_state(pbx, hint))

    def _piece(self, extension: str, state: DeviceState) -> Piece:
        self._told[extension] = state
        self._versions[extension] = version = self._versions.get(extension, -1) + 1
        entity = str(SipUri("sip", extension, self._host))
        body = self._package.body(Watched(extension, entity, state), version)
        return extension, body.encode("utf-8", "replace")

    def changed(self, event: object) -> Iterator[tuple[str, Piece]]:
        """See :class:`~.outbound.Teller`."""
        if not isinstance(event, ExtensionStateChanged):
            return
        extension, state = event.extension, event.state
        if self._is_meant(event.context, extension) and self._told.get(extension) is not state:
            user = extension if self.settings.is_multi_user else ""
            yield user, self._piece(extension, state)


class MessagesTeller:
    """Mailboxes (``@mailbox``), as ``message-summary``; see :class:`ExtensionTeller`."""

    def __init__(self, service: SipService, settings: OutboundPublish) -> None:
        self._service = service
        self.settings = settings
        user, self._host = _place(settings)
        self._mailboxes = tuple(map(whole, settings.mailboxes or ((user,) if user else ())))
        self._package = PACKAGES["message-summary"]

    def users(self) -> list[str]:
        """See :class:`~.outbound.Teller`."""
        if not self.settings.is_multi_user:
            return [""]
        return [each.partition("@")[0] for each in self._mailboxes]

    def pieces(self, user: str) -> Iterator[Piece]:
        """See :class:`~.outbound.Teller`."""
        for mailbox in self._mailboxes:
            if user in {"", mailbox.partition("@")[0]}:
                yield self._piece(mailbox)

    def _piece(self, mailbox: str) -> Piece:
        new, old = messages_in(self._service.pbx, mailbox)
        account = str(SipUri("sip", mailbox.partition("@")[0], self._host))
        watched = Watched(mailbox, account, new_messages=new, old_messages=old)
        return mailbox, self._package.body(watched, 0).encode("utf-8", "replace")

    def changed(self, event: object) -> Iterator[tuple[str, Piece]]:
        """See :class:`~.outbound.Teller`."""
        if isinstance(event, MailboxChanged) and whole(event.mailbox) in self._mailboxes:
            mailbox = whole(event.mailbox)
            user = mailbox.partition("@")[0] if self.settings.is_multi_user else ""
            yield user, self._piece(mailbox)
