"""``pjsip set logger``, ``sip set debug``: the SIP messages in the log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network

from switchroom.cli.context import CliContext
from switchroom.cli.registry import Arguments, UsageError, command
from switchroom.net.trace import logger, only
from switchroom.sip.errors import RemoteSipError
from switchroom.sip.uri import parse_uri

_USAGE = "pjsip set logger {on|off|host <address>|add <address>|method <name>|methodadd <name>}"


def _words(_: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else ("on", "off", "host", "add", "method", "methodadd")


@command("pjsip set logger", _USAGE, complete=_words)
def set_logger(context: CliContext, arguments: Arguments) -> str:
    """Write SIP messages to the log: all, those of some hosts or networks, or of some methods.

    ``add`` and ``methodadd`` leave what was asked for before. Passwords and keys are masked.
    """
    match [each.lower() for each in arguments]:
        case ["on"]:
            return _trace_all()
        case ["off"]:
            return _trace_nothing()
        case ["host" | "add" as word, address]:
            return _trace_hosts([address], adds=word == "add")
        case ["method" | "methodadd" as word, name]:
            if word == "method":
                only.methods.clear()
            only.methods.add(name.upper())
            logger.setLevel(logging.DEBUG)
            return f"PJSIP logging enabled for method: {name.upper()}\n"
        case _:
            raise UsageError


def _debug_words(_: CliContext, arguments: Arguments) -> Iterable[str]:
    return () if arguments else ("on", "off", "ip", "peer")


@command("sip set debug", "sip set debug {on|off|ip <address>|peer <name>}", complete=_debug_words)
def set_debug(context: CliContext, arguments: Arguments) -> str:
    """Write SIP messages to the log: all, those of a host, or those of where a peer is."""
    match list(arguments):
        case ["on"]:
            return _trace_all()
        case ["off"]:
            return _trace_nothing()
        case ["ip", address]:
            return _trace_hosts([address])
        case ["peer", name]:
            found = next((each for each in context.sip.endpoints() if each.name == name), None)
            if found is None:
                return f"No such peer '{name}'\n"
            contacts = [contact.uri for aor in found.aors for contact in aor.contacts]
            hosts = list(dict.fromkeys(map(_host_of, contacts)))
            return _trace_hosts(hosts) if hosts else f"Nobody knows where '{name}' is\n"
        case _:
            raise UsageError


def _trace_all() -> str:
    only.clear()
    logger.setLevel(logging.DEBUG)
    return "PJSIP logging enabled\n"


def _trace_nothing() -> str:
    only.clear()
    logger.setLevel(logging.WARNING)
    return "PJSIP logging disabled\n"


def _trace_hosts(hosts: Sequence[str], *, adds: bool = False) -> str:
    try:
        networks = [_network(host) for host in hosts]
    except ValueError as error:
        return f"{error}\n"
    if not adds:
        only.networks.clear()
    only.networks.extend(networks)
    logger.setLevel(logging.DEBUG)
    return f"PJSIP logging enabled for host: {', '.join(map(str, hosts))}\n"


def _host_of(uri: str) -> str:
    try:
        return parse_uri(uri).host
    except RemoteSipError:
        return uri


def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text.strip("[]"), strict=False)
