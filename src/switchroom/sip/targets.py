"""Where a request goes that is sent to a URI."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address

from switchroom.sip.errors import RemoteSipError
from switchroom.sip.flow import Address
from switchroom.sip.uri import SipUri, parse_uri


@lru_cache(maxsize=512)
def numeric_address(target: str) -> Address | None:
    """The address of a URI whose host is numeric; None where a name would need DNS.

    The last few are remembered: each request of a dialog asks for the same.
    """
    text = target.strip()
    if "<" in text:
        text = text[text.index("<") + 1 :].partition(">")[0]
    try:
        uri: SipUri = parse_uri(text)
    except RemoteSipError:
        return None
    host = uri.host.strip("[]")
    try:
        ip_address(host)  # 999.1.1.1 is a name: whoever sends to it would ask the DNS and wait
    except ValueError:
        return None
    return host, uri.port or 5060
