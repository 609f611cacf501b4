"""The SIP trace: each message at DEBUG on ``switchroom.sip.trace``, credentials and keys masked."""

from __future__ import annotations

import logging
import re

from switchroom.sip.flow import Flow

logger = logging.getLogger("switchroom.sip.trace")

_KEYS = re.compile(r"(?im)^(a=crypto:[^\r\n]*?inline:)[^\r\n]*")
_SECRETS = re.compile(r'(?im)^((?:Proxy-)?Authorization\s*:.*?response\s*=\s*"?)[^",\r\n]*')


def trace(direction: str, data: bytes, flow: Flow) -> None:
    """Log one message; costs one comparison when nobody listens."""
    if logger.isEnabledFor(logging.DEBUG):
        text = _SECRETS.sub(r"\1***", data.decode("utf-8", "backslashreplace"))
        text = _KEYS.sub(r"\1***", text)
        host, port = flow.remote
        logger.debug("%s %s %s:%s\n%s", direction, flow.protocol.upper(), host, port, text)
