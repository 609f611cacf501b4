"""How many files and sockets the process may have open."""

from __future__ import annotations

import logging
import resource

logger = logging.getLogger(__name__)

MOST = 1 << 20  #: programs that calls start may close all that they could have, one by one


def raise_limit() -> int:
    """Take as many descriptors as the system allows, :data:`MOST` at most; returns how many.

    What shells and service managers begin with, 1024, is for programs that watch descriptors by
    ``select``. A call needs four, and as many connections as that could be made by one stranger.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return soft
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError) as error:
        logger.warning("only %s descriptors: %s", soft, error)
        return soft
    return wanted
