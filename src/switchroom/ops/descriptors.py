"""How many files and sockets the process may have open."""

from __future__ import annotations

import logging
import resource

logger = logging.getLogger(__name__)


def raise_limit() -> int:
    """Take as many descriptors as the system allows; returns how many those are.

    What shells and service managers begin with, 1024, is for programs that watch descriptors by
    ``select``. A call needs four, and as many connections as that could be made by one stranger.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError) as error:
            logger.warning("only %s descriptors: %s", soft, error)
            return soft
    return hard
