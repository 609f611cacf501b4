"""What a description says of ICE (RFC 8839), and our lines as a lite agent (RFC 8445 §5.2)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

UDP_HOST_PREFERENCE = 126  #: recommended for host candidates (RFC 8445 §5.1.2.1)

_UFRAG = re.compile(r"[A-Za-z0-9+/]{4,256}")
_PASSWORD = re.compile(r"[A-Za-z0-9+/]{22,256}")


@dataclass(frozen=True, slots=True)
class IceTerms:
    """What one side says: its credentials, and whether it only answers checks."""

    ufrag: str
    password: str = field(repr=False)
    is_lite: bool = False


def read_ice(ufrag: str, password: str, *, is_lite: bool) -> IceTerms | None:
    """None where a section has no credentials, or none that may be used (RFC 8839 §5.4)."""
    if _UFRAG.fullmatch(ufrag) and _PASSWORD.fullmatch(password):
        return IceTerms(ufrag, password, is_lite)
    return None


def ice_lines(ours: IceTerms, hosts: Sequence[str], port: int, *, components: int) -> list[str]:
    """Our credentials and candidates, for a media section.

    Args:
        ours: Our credentials.
        hosts: Our addresses, the one to try first in front.
        port: Of RTP; that of RTCP follows it.
        components: 1: RTP alone, or with RTCP on its port; 2: RTCP on a port of its own.
    """
    lines = [f"a=ice-ufrag:{ours.ufrag}", f"a=ice-pwd:{ours.password}"]
    for number, host in enumerate(hosts):
        for component in range(1, components + 1):
            priority = UDP_HOST_PREFERENCE << 24 | (65535 - number) << 8 | (256 - component)
            place = f"{host} {port + component - 1}"
            lines.append(f"a=candidate:{number + 1} {component} UDP {priority} {place} typ host")
    return lines
