"""Where SIP listens: the transports of ``pjsip.conf``, ``sip.conf`` and ``http.conf``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from switchroom.channels.sip.endpoints.endpoint import Transport
from switchroom.config.http import HttpConfig
from switchroom.config.language.options import ConfigWarning
from switchroom.config.pjsip.objects import PjsipConfig
from switchroom.config.pjsip.transport import TransportConfig
from switchroom.config.sip.peers import SipGeneral
from switchroom.config.tls import TlsConfig
from switchroom.net.credentials import TlsSettings
from switchroom.net.marking import Marking

WEBSOCKETS = frozenset({"ws", "wss"})


def transports_of(
    pjsip: PjsipConfig, sip: SipGeneral | None, http: HttpConfig
) -> tuple[Transport, ...]:
    """Everything to listen on; where two files name one port, ``pjsip.conf`` counts.

    Args:
        pjsip: Perhaps empty.
        sip: None without a ``sip.conf``.
        http: Where WebSockets come in, once there is a transport for them.
    """
    found = [_of_pjsip(each) for each in pjsip.transports.values()
             if each.protocol not in WEBSOCKETS]  # fmt: skip
    found += _websockets(pjsip, http)
    if sip is not None:
        taken = {(each.protocol, each.port) for each in found}
        found += (each for each in _of_sip(sip) if (each.protocol, each.port) not in taken)
    return tuple(found)


def websocket_warnings(pjsip: PjsipConfig, http: HttpConfig) -> tuple[ConfigWarning, ...]:
    """Transports for WebSockets that cannot listen, since ``http.conf`` does not."""
    needed = {"ws": (http.plain, "enabled and bindaddr"), "wss": (http.tls, "tlsenable")}
    return tuple(
        ConfigWarning(
            f"the transport [{each.name}] is left out: it needs {needed[each.protocol][1]} "
            "in http.conf",
            each.options.section.path,
            each.options.line_of("protocol"),
        )
        for each in pjsip.transports.values()
        if each.protocol in WEBSOCKETS and needed[each.protocol][0] is None
    )


def _of_pjsip(config: TransportConfig) -> Transport:
    return Transport(
        config.name,
        config.protocol,
        config.host,
        config.port,
        config.external_signaling_address,
        config.external_signaling_port,
        config.external_media_address,
        config.local_networks,
        _tls(config.tls),
        _marking(config),
        config.options.flag("symmetric_transport"),
    )


def _marking(config: TransportConfig) -> Marking:
    options = config.options
    return Marking(
        config.tos,
        options.number("cos"),
        options.flag("tcp_keepalive_enable"),
        options.number("tcp_keepalive_idle_time"),
        options.number("tcp_keepalive_interval_time"),
        options.number("tcp_keepalive_probe_count"),
    )


def _of_sip(general: SipGeneral) -> Iterator[Transport]:
    bound = {"udp": general.udp, "tcp": general.tcp, "tls": general.tls}
    for protocol, address in bound.items():
        if address is not None:
            yield Transport(
                f"sip-{protocol}",
                protocol,
                *address,
                external_host=general.external_host,
                external_media_host=general.external_host,
                local_networks=general.local_networks,
                tls=_tls(general.tls_options) if protocol == "tls" else None,
            )


def _websockets(pjsip: PjsipConfig, http: HttpConfig) -> Iterator[Transport]:
    """Both kinds as soon as one is configured: http.conf binds them, as in the original."""
    configured = {
        each.protocol: each for each in pjsip.transports.values() if each.protocol in WEBSOCKETS
    }
    if not configured:
        return
    for protocol, address in (("ws", http.plain), ("wss", http.tls)):
        if address is None:
            continue
        named = configured.get(protocol)
        yield Transport(
            named.name if named is not None else f"http-{protocol}",
            protocol,
            *address,
            external_media_host=named.external_media_address if named is not None else "",
            local_networks=named.local_networks if named is not None else (),
            tls=_tls(http.tls_options) if protocol == "wss" else None,
            path=f"{http.prefix}/ws",
        )


def _tls(config: TlsConfig | None) -> TlsSettings | None:
    if config is None:
        return None
    return TlsSettings(**{each.name: getattr(config, each.name) for each in fields(config)})
