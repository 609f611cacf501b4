"""The SIP trace: each message at DEBUG on ``switchroom.sip.trace``, credentials and keys masked."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

from switchroom.net.history import history
from switchroom.sip.flow import Flow

logger = logging.getLogger("switchroom.sip.trace")

_KEYS = re.compile(r"(?im)^(a=crypto:[^\r\n]*?inline:|a=ice-pwd:)[^\r\n]*")
_SECRETS = re.compile(r'(?im)^((?:Proxy-)?Authorization\s*:.*?response\s*=\s*"?)[^",\r\n]*')
_METHOD = re.compile(rb"(?im)^CSeq[ \t]*:[ \t]*\d+[ \t]+(\w+)")


@dataclass(slots=True)
class TraceFilter:
    """Which messages are traced; empty: all of them."""

    networks: list[IPv4Network | IPv6Network] = field(default_factory=list)
    methods: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Trace everything again."""
        self.networks.clear()
        self.methods.clear()

    def passes(self, data: bytes, flow: Flow) -> bool:
        """Whether a message is traced."""
        if self.networks:
            address = ip_address(flow.remote[0].partition("%")[0])
            fits = (n.version == address.version and address in n for n in self.networks)
            if not any(fits):
                return False
        if self.methods:
            match = _METHOD.search(data)
            return match is not None and match[1].decode().upper() in self.methods
        return True


only = TraceFilter()  #: one for the process, as the logger is


def trace(direction: str, data: bytes, flow: Flow) -> None:
    """Log one message, and keep it where somebody wants a history.

    Costs two comparisons when nobody listens.
    """
    is_logged = logger.isEnabledFor(logging.DEBUG) and only.passes(data, flow)
    if not (is_logged or history.is_on):
        return
    text = _SECRETS.sub(r"\1***", data.decode("utf-8", "backslashreplace"))
    text = _KEYS.sub(r"\1***", text)
    host, port = flow.remote
    if is_logged:
        logger.debug("%s %s %s:%s\n%s", direction, flow.protocol.upper(), host, port, text)
    if history.is_on:
        is_sent = direction == "-->"
        history.add(is_sent=is_sent, protocol=flow.protocol, address=f"{host}:{port}", text=text)
