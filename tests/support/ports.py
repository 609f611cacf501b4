"""Ports of loopback for programs that tests start."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
from collections import deque

#: Below those that systems give to sockets which ask for any, and those that the tests' nodes have
#: for audio: nobody gets one of them by chance between the moment when it is found free and the
#: moment when somebody listens there.
_ALL = range(10_000, 20_000)
_given: deque[int] = deque(maxlen=1000)


def free_port(*, run: int = 1) -> int:
    """A port that nobody has, at no address, by UDP or TCP, and that nobody else was given just now.

    Args:
        run: So many ports in a row are free; of more than one the first is even, as RTP wants it.
    """
    ours = _ours()
    for _ in range(1000):
        port = secrets.choice(ours) & ~(run > 1)
        ports = range(port, port + run)
        if not any(each in _given for each in ports) and all(map(_is_free, ports)):
            _given.extend(ports)
            return port
    raise AssertionError("no port is free")


def _ours() -> range:
    """The share of this process among those that test at the same time."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    share = len(_ALL) // count
    return _ALL[number * share : (number + 1) * share - 64]


def _is_free(port: int) -> bool:
    """Whether nobody is bound to it, be it at one address only."""
    families = [
        (socket.AF_INET, ""),
        *([(socket.AF_INET6, "::")] if socket.has_dualstack_ipv6() else []),
    ]
    with contextlib.ExitStack() as stack:
        for family, host in families:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                probe = stack.enter_context(socket.socket(family, kind))
                if family == socket.AF_INET6:
                    probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                try:
                    probe.bind((host, port))
                except OSError:
                    return False
    return True
