"""Which domains are ours, by ``sip.conf``."""

from __future__ import annotations

import socket

from switchroom.config.sip.peers import SipGeneral
from switchroom.net.local_address import WILDCARDS, local_host_towards

_SOMEWHERE = "192.0.2.1"  #: nobody is there (RFC 5737), and nothing is sent


def own_domains(general: SipGeneral) -> frozenset[str]:
    """Those that are written, and with ``autodomain`` the host's name and addresses."""
    found = set(general.domains)
    if general.has_own_domains:
        binds = {bind[0] for bind in (general.udp, general.tcp, general.tls) if bind is not None}
        if binds & WILDCARDS:
            binds |= {local_host_towards(_SOMEWHERE), "127.0.0.1"}
        found |= (binds | {general.external_host, socket.gethostname().lower()}) - WILDCARDS
    return frozenset(found)
