"""The columns of ``pjsip show …``.

A line is a label that ends at a colon, two columns further right for each level below, then the
object; states and counts stand in columns of their own, whatever the level.
"""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.cli.text import clock_text
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

_LABEL = 9  #: where the colon of the outermost level stands
_STATE_COLUMN = 65
_HASH_COLUMN = 59
_RULE = "=" * 90


def _line(label: str, text: str, *, level: int = 0) -> str:
    return f"{label:>{_LABEL + 2 * level}}:  {text}"


def _cells(label: str, text: str, column: int, rest: str, *, level: int) -> str:
    """A line whose object is cut, or filled, so that ``rest`` stands at ``column``."""
    width = column - 1
    return f"{_line(label, text, level=level):<{width}.{width}} {rest}\n"


def _title(*fields: tuple[str, int]) -> str:
    """``<Name....>`` for each field, as wide as given, two blanks between."""
    return "  ".join(_field(name, width) for name, width in fields)


def _field(name: str, width: int) -> str:
    return f"<{name:.<{width - 2}}>"


def _contact_title(level: int) -> str:
    start = _LABEL + 2 * level + 3
    uri = _field("Aor/ContactUri", _HASH_COLUMN - 1 - start)
    fields = (uri, _field("Hash", 10), _field("Status", 8), _field("RTT(ms)", 11))
    return _line("Contact", " ".join(fields), level=level) + "\n"


def _aor_title(level: int) -> str:
    width = _STATE_COLUMN - 2 - (_LABEL + 2 * level + 3)
    return _line("Aor", _title(("Aor", width), ("MaxContact", 12)), level=level) + "\n"


def _transport_title(level: int) -> str:
    start = _LABEL + 2 * level + 3
    bind = ("BindAddress", 90 - 45 - start)
    fields = (("TransportId", 21), ("Type", 6), ("cos", 5), ("tos", 5), bind)
    return _line("Transport", _title(*fields), level=level) + "\n"


def _auth_title(level: int) -> str:
    start = _LABEL + 2 * level + 3
    return _line("I/OAuth", _field("AuthId/UserName", 90 - start), level=level) + "\n"


def endpoint_header() -> str:
    """Above endpoints: every kind of line that may follow."""
    endpoint = _title(("Endpoint/CID", 51), ("State", 12), ("Channels", 11))
    channel = _title(("ChannelId", 49), ("State", 12), ("Time", 11))
    exten = f"{'Exten':>13}: {_field('DialedExten', 24)}  CLCID: {_field('ConnectedLineCID', 25)}"
    return "".join(
        (
            "\n",
            f"{_line('Endpoint', endpoint)}\n",
            _auth_title(1),
            _aor_title(1),
            _contact_title(2),
            _transport_title(1),
            f"{_line('Identify', _field('Identify/Endpoint', 76), level=1)}\n",
            f"{_line('Match', _field('criteria', 35), level=2)}\n",
            f"{_line('Channel', channel, level=1)}\n",
            f"{exten}\n",
            f"{_RULE}\n\n",
        )
    )


def aor_header() -> str:
    """Above addresses of record."""
    return f"\n{_aor_title(0)}{_contact_title(1)}{_RULE}\n\n"


def auth_header() -> str:
    """Above user names."""
    return f"\n{_auth_title(0)}{_RULE}\n\n"


def contact_header() -> str:
    """Above contacts."""
    return f"\n{_contact_title(0)}{_RULE}\n\n"


def transport_header() -> str:
    """Above transports."""
    return f"\n{_transport_title(0)}{_RULE}\n\n"


def identify_header() -> str:
    """Above identify objects."""
    identify = _line("Identify", _field("Identify/Endpoint", 78))
    return f"\n{identify}\n{_line('Match', _field('criteria', 35), level=1)}\n{_RULE}\n\n"


def channel_header() -> str:
    """Above channels."""
    channel = _line("Channel", _title(("ChannelId", 51), ("State", 12), ("Time", 11)))
    exten = f"{'Exten':>11}: {_field('DialedExten', 24)}  CLCID: {_field('ConnectedLineCID', 27)}"
    return f"\n{channel}\n{exten}\n{_RULE}\n\n"


def contact_lines(contact: ContactView, *, level: int = 0) -> str:
    """One contact."""
    round_trip = float("nan") if contact.round_trip is None else contact.round_trip
    rest = f"{contact.hash} {contact.status:<7.7} {round_trip:11.3f}"
    return _cells("Contact", f"{contact.aor}/{contact.uri}", _HASH_COLUMN, rest, level=level)


def aor_lines(aor: AorView, *, level: int = 0) -> str:
    """An address of record and its contacts."""
    first = _cells("Aor", aor.name, _STATE_COLUMN, str(aor.max_contacts), level=level)
    return first + "".join(contact_lines(each, level=level + 1) for each in aor.contacts)


def auth_lines(auth: AuthView, *, level: int = 0, label: str = "Auth") -> str:
    """One user name."""
    return _line(label, f"{auth.name}/{auth.username}", level=level) + "\n"


def transport_lines(transport: TransportView, *, level: int = 0) -> str:
    """One transport; class and type of service are the system's."""
    text = f"{transport.name:<21.21}  {transport.protocol:>6}  {0:>5}  {0:>5}  {transport.bind}"
    return _line("Transport", text, level=level) + "\n"


def identify_lines(identify: IdentifyView, *, level: int = 0) -> str:
    """One identify object and its addresses."""
    first = _line("Identify", f"{identify.name}/{identify.endpoint}", level=level)
    matches = (_line("Match", each, level=level + 1) for each in identify.matches)
    return "".join(f"{line}\n" for line in (first, *matches))


def registration_header() -> str:
    """Above registrations of ours."""
    title = _title(("Registration/ServerURI", 54), ("Auth", 16), ("Status", 15))
    return f"\n {title}\n{_RULE}\n\n"


def registration_lines(registration: RegistrationView) -> str:
    """One registration of ours."""
    name = f"{registration.name}/{registration.server_uri}"
    text = f" {name:<54.54}  {registration.auth:<16.16}  {registration.status:<16}"
    if registration.expires_in is not None:
        text += f"  (exp. {max(0, round(registration.expires_in))}s)"
    return text.rstrip() + "\n"


def channel_lines(channel: SipChannelView, *, level: int = 0) -> str:
    """One channel, where it dialled and whom it is connected to."""
    name = f"{channel.name}/{channel.application}" if channel.application else channel.name
    rest = f"{channel.state:<12.12}  {clock_text(channel.seconds)}"
    first = _cells("Channel", name, _STATE_COLUMN, rest, level=level)
    label = f"{'Exten':>{_LABEL + 2 * level + 2}}"
    return first + f"{label}: {channel.extension:<24.24}  CLCID: {channel.connected}\n"


def endpoint_lines(endpoint: EndpointView) -> str:
    """An endpoint and all that belongs to it."""
    number = f"/{endpoint.caller_number}" if endpoint.caller_number else ""
    limit = str(endpoint.busy_at) if endpoint.busy_at else "inf"
    rest = f"{endpoint.state:<12.12} {len(endpoint.channels):>2} of {limit}"
    parts = [_cells("Endpoint", f"{endpoint.name}{number}", _STATE_COLUMN, rest, level=0)]
    parts += [auth_lines(each, level=1, label="InAuth") for each in endpoint.auths]
    parts += [auth_lines(each, level=1, label="OutAuth") for each in endpoint.outbound_auths]
    parts += [aor_lines(each, level=1) for each in endpoint.aors]
    if endpoint.transport is not None:
        parts.append(transport_lines(endpoint.transport, level=1))
    parts += [identify_lines(each, level=1) for each in endpoint.identifies]
    parts += [channel_lines(each, level=1) for each in endpoint.channels]
    return "".join(parts)


def parameter_table(parameters: Parameters) -> str:
    """The table below a single object."""
    rows = (("ParameterName", "ParameterValue"), *parameters)
    name_width = max(len(name) for name, _ in rows)
    rule = "=" * (name_width + 3 + max(len(value) for _, value in rows))
    first, *others = (f" {name:<{name_width}} : {value}\n" for name, value in rows)
    return "".join((first, f" {rule}\n", *others))


def brief_header(header: str) -> str:
    """The header of a list: the title of the objects alone."""
    return f"\n{header.split(chr(10))[1]}\n{_RULE}\n\n"


def brief(lines: str) -> str:
    """The first line of an object."""
    return lines.partition("\n")[0] + "\n"


def listing(header: str, objects: Sequence[str]) -> str:
    """Objects below their header, counted."""
    if not objects:
        return "No objects found.\n\n"
    return f"{header}{''.join(objects)}\nObjects found: {len(objects)}\n\n"
