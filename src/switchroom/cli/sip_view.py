"""The SIP side as the commands show it: the configuration, with what is registered and up now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from switchroom.channels.sip.endpoints.objects import shown
from switchroom.channels.sip.registrations.location import Contact
from switchroom.channels.sip.registrations.registering import Registrations, Standing
from switchroom.cli.views import (
    AorView,
    AuthView,
    ContactView,
    EndpointView,
    IdentifyView,
    Parameters,
    RegistrationView,
    SipChannelView,
    TransportView,
)
from switchroom.config.language.options import Options, Warnings, read_options
from switchroom.config.language.reader import Section
from switchroom.config.pjsip.objects import (
    AorConfig,
    EndpointConfig,
    IdentifyConfig,
    PjsipConfig,
    options_of,
)
from switchroom.pbx.caller_id import parse_caller_id
from switchroom.pbx.channel import Channel, ChannelState
from switchroom.pbx.pbx import Pbx

_UNREACHABLE = frozenset({"Unavail", "Unknown"})
_RINGING = frozenset({ChannelState.RING, ChannelState.RINGING})


def contact_view(contact: Contact) -> ContactView:
    """A contact of the SIP driver as the commands show it."""
    status = "NonQual"
    if contact.reachable is not None:
        status = "Avail" if contact.reachable else "Unavail"
    milliseconds = None if contact.round_trip is None else contact.round_trip * 1000
    return ContactView(contact.aor, contact.uri, status, milliseconds)


class ConfiguredSip:
    """Answers :class:`~switchroom.cli.views.SipView` from ``pjsip.conf``.

    Args:
        config: The configuration as it is now.
        contacts: The contacts of an address of record by its name: the permanent and the
            registered ones.
        pbx: Its channels tell who is in a call.
        clock: The wall clock, which channels are stamped with.
        registrations: Ours at other registrars.
    """

    def __init__(
        self,
        config: Callable[[], PjsipConfig],
        contacts: Callable[[str], Sequence[ContactView]],
        pbx: Pbx,
        clock: Callable[[], float],
        registrations: Registrations | None = None,
    ) -> None:
        self._registrations = registrations
        self._config = config
        self._contacts = contacts
        self._pbx = pbx
        self._clock = clock

    def endpoints(self) -> Sequence[EndpointView]:
        """See :class:`SipView`."""
        channels = self._channels_by_endpoint()
        config = self._config()
        return [
            self._endpoint(endpoint, channels.get(name, []), config)
            for name, endpoint in sorted(config.endpoints.items())
        ]

    def aors(self) -> Sequence[AorView]:
        """See :class:`SipView`."""
        return [self._aor(aor) for _, aor in sorted(self._config().aors.items())]

    def auths(self) -> Sequence[AuthView]:
        """See :class:`SipView`."""
        return [
            AuthView(name, auth.username, shown(auth.options))
            for name, auth in sorted(self._config().auths.items())
        ]

    def transports(self) -> Sequence[TransportView]:
        """See :class:`SipView`."""
        return [
            TransportView(
                name,
                each.protocol,
                f"[{each.host}]:{each.port}" if ":" in each.host else f"{each.host}:{each.port}",
                shown(each.options),
            )
            for name, each in sorted(self._config().transports.items())
        ]

    def identifies(self) -> Sequence[IdentifyView]:
        """See :class:`SipView`."""
        return [_identify(each) for _, each in sorted(self._config().identifies.items())]

    def registrations(self) -> Sequence[RegistrationView]:
        """See :class:`SipView`."""
        standing = self._registrations or ()
        return [self._registration(each) for each in standing]

    def settings(self) -> tuple[Parameters, Parameters]:
        """See :class:`SipView`."""
        config = self._config()
        return _settings(config.general, "global"), _settings(config.system, "system")

    def identifiers(self) -> Sequence[str]:
        """See :class:`SipView`."""
        return self._config().identifier_order

    def register(self, name: str) -> bool:
        """See :class:`SipView`."""
        standing = self._registrations.get(name) if self._registrations is not None else None
        if standing is None or self._registrations is None:
            return False
        self._registrations.start(standing)
        return True

    def unregister(self, name: str) -> bool:
        """See :class:`SipView`."""
        standing = self._registrations.get(name) if self._registrations is not None else None
        if standing is None or self._registrations is None:
            return False
        self._registrations.stop(standing)
        return True

    def _registration(self, standing: Standing) -> RegistrationView:
        settings = standing.settings
        config = self._config().registrations.get(settings.name)
        return RegistrationView(
            settings.name,
            settings.server_uri,
            settings.credentials[0].name if settings.credentials else "",
            standing.status,
            standing.expires_in,
            shown(config.options) if config is not None else (),
        )

    def _aor(self, aor: AorConfig) -> AorView:
        contacts = tuple(self._contacts(aor.name))
        return AorView(aor.name, aor.max_contacts, contacts, shown(aor.options))

    def _endpoint(
        self, endpoint: EndpointConfig, channels: list[Channel], config: PjsipConfig
    ) -> EndpointView:
        auths = {view.name: view for view in self.auths()} if endpoint.auths else {}
        aors = tuple(self._aor(config.aors[name]) for name in endpoint.aors if name in config.aors)
        transports = {view.name: view for view in self.transports()} if endpoint.transport else {}
        return EndpointView(
            name=endpoint.name,
            caller_number=parse_caller_id(endpoint.callerid).number,
            state=_state(channels, aors),
            busy_at=endpoint.options.number("device_state_busy_at"),
            auths=tuple(auths[name] for name in endpoint.auths if name in auths),
            outbound_auths=tuple(
                AuthView(name, config.auths[name].username)
                for name in endpoint.outbound_auths
                if name in config.auths
            ),
            aors=aors,
            transport=transports.get(endpoint.transport),
            identifies=tuple(
                _identify(each)
                for _, each in sorted(config.identifies.items())
                if each.endpoint == endpoint.name
            ),
            channels=tuple(self._channel(each) for each in channels),
            parameters=tuple(endpoint.parameters()),
        )

    def _channel(self, channel: Channel) -> SipChannelView:
        return SipChannelView(
            name=channel.name,
            application=channel.application,
            state=channel.state.text,
            seconds=self._clock() - channel.created_at,
            extension=channel.extension,
            connected=channel.connected.all if channel.connected.number else "",
        )

    def _channels_by_endpoint(self) -> dict[str, list[Channel]]:
        found: dict[str, list[Channel]] = {}
        for name, channel in self._pbx.channels.items():
            technology, _, rest = name.partition("/")
            if technology == "PJSIP":
                found.setdefault(rest.rpartition("-")[0], []).append(channel)
        return found


def _state(channels: list[Channel], aors: Sequence[AorView]) -> str:
    """The device state: by calls first, without one by whether it can be reached."""
    if channels:
        ringing = all(channel.state in _RINGING for channel in channels)
        return "Ringing" if ringing else "In use"
    statuses = [contact.status for aor in aors for contact in aor.contacts]
    reachable = any(status not in _UNREACHABLE for status in statuses)
    return "Not in use" if reachable else "Unavailable"


def _settings(written: Options | None, kind: str) -> Parameters:
    """Those of a section, or what counts where there is none."""
    if written is None:
        nothing = Section(kind, Path("pjsip.conf"), 0)
        written = read_options(nothing, options_of(kind), what=kind, warnings=Warnings())
    return shown(written)


def _identify(config: IdentifyConfig) -> IdentifyView:
    matches = (*map(str, config.networks), *config.host_names)
    return IdentifyView(config.name, config.endpoint, matches)
