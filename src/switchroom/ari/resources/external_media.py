"""Audio to and from a program: by RTP, AudioSocket or a WebSocket."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated

import msgspec

from switchroom.ari.context import Request
from switchroom.ari.errors import AriError
from switchroom.ari.models.channels import Channel
from switchroom.ari.registry import BodyVariables, Wire, operation
from switchroom.ari.resources.channel_originate import originate

#: What a program needs to know, and finds in the answer.
_TOLD = ("UNICASTRTP_LOCAL_ADDRESS", "UNICASTRTP_LOCAL_PORT", "MEDIA_WEBSOCKET_CONNECTION_ID")


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Where the program is, and what it speaks."""

    host: str
    format: str
    connection_type: str
    data: str
    transport_data: str


def _rtp(wanted: _Wanted) -> str:
    return f"UnicastRTP/{wanted.host}/c({wanted.format})"


def _audio_socket(wanted: _Wanted) -> str:
    try:
        name = uuid.UUID(wanted.data)
    except ValueError as error:
        raise AriError(400, "data must be the UUID of the AudioSocket") from error
    return f"AudioSocket/{wanted.host}/{name}/c({wanted.format})"


def _web_socket(wanted: _Wanted) -> str:
    where = "INCOMING" if wanted.connection_type == "server" else wanted.host
    options = f"c({wanted.format})" + wanted.transport_data
    return f"WebSocket/{where}/{options}"


#: What is dialled, by encapsulation.
_WAYS: Mapping[str, Callable[[_Wanted], str]] = MappingProxyType(
    {
        "rtp": _rtp,
        "audiosocket": _audio_socket,
        "none": _web_socket,
        "websocket": _web_socket,
    }
)


@operation("POST", "/channels/externalMedia", "externalMedia", errors=(400, 409))
async def external_media(  # noqa: PLR0913  # the operation's own parameters
    ari: Request,
    app: str,
    format: str,  # noqa: A002  # on the wire
    channel_id: str = "",
    variables: BodyVariables = None,
    external_host: Annotated[str, Wire("external_host")] = "",
    encapsulation: str = "rtp",
    transport: str = "udp",
    connection_type: Annotated[str, Wire("connection_type")] = "client",
    direction: str = "both",
    data: str = "",
    transport_data: Annotated[str, Wire("transport_data")] = "",
) -> Channel:
    """Make a channel whose party is a program that sends and gets audio.

    Args:
        ari: The request.
        app: The application that gets the channel.
        format: The codec: ``ulaw``, ``slin16``.
        channel_id: What the channel is to be called.
        variables: Set on the channel; functions are written.
        external_host: Where the program listens: ``host:port``; a section of websocket_client.conf.
        encapsulation: ``rtp``, ``audiosocket`` or ``none``.
        transport: ``udp``, ``tcp`` or ``websocket``.
        connection_type: ``client``: we connect to the program; ``server``: it connects to us.
        direction: ``both``.
        data: The UUID, of an AudioSocket.
        transport_data: Further options, of a WebSocket.
    """
    if transport == "websocket" and encapsulation == "rtp":
        encapsulation = "none"  # nothing is put around what a WebSocket carries
    way = _WAYS.get(encapsulation)
    if way is None:
        raise AriError(400, "The encapsulation specified is not supported")
    if connection_type not in {"client", "server"}:
        raise AriError(400, "The connection type specified is not supported")
    if direction != "both":
        raise AriError(400, "The direction specified is not supported")
    if not external_host and connection_type == "client":
        raise AriError(400, "external_host is required")
    wanted = _Wanted(external_host, format, connection_type, data, transport_data)
    model = await originate(ari, way(wanted), app=app, channel_id=channel_id, variables=variables)
    known = ari.channel(model.id).variables
    told = {name: known[name] for name in _TOLD if name in known}
    before = model.channelvars if isinstance(model.channelvars, dict) else {}
    return msgspec.structs.replace(model, channelvars={**before, **told}) if told else model
