"""Figures for a StatsD server: one datagram each, sent at once or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from switchroom.base.text import to_octets
from switchroom.config.statsd import StatsdConfig

logger = logging.getLogger(__name__)

LOOKUP_TIMEOUT = 10.0  #: seconds for the server's name
MAX_NAME = 512  #: octets; a figure has to fit into a datagram of any network


class Kind(StrEnum):
    """What a figure is, as it is sent."""

    GAUGE = "g"
    COUNTER = "c"
    TIMER = "ms"
    SET = "s"
    METER = "m"


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured, or counted."""

    name: str
    kind: Kind
    value: str  #: of a gauge with a sign in front: a change
    rate: float = 1.0  #: the share of such figures that is sent


def figure_text(figure: Figure, config: StatsdConfig) -> bytes:
    """What is sent of a figure.

    Args:
        figure: The figure.
        config: Says what stands around it.
    """
    kind = figure.kind
    if kind is Kind.METER and not config.has_meters:
        kind = Kind.COUNTER
    prefix = f"{config.prefix}." if config.prefix else ""
    sampled = f"|@{figure.rate:.2f}" if figure.rate < 1 else ""
    end = "\n" if config.ends_lines else ""
    return to_octets(f"{prefix}{figure.name}:{figure.value}|{kind}{sampled}{end}")


class Statsd:
    """Sends figures. A datastore of the core; does nothing until it is connected."""

    def __init__(self) -> None:
        self.config = StatsdConfig()
        self._socket: socket.socket | None = None
        self._is_failing = False

    @property
    def is_on(self) -> bool:
        """Whether figures go anywhere."""
        return self._socket is not None

    async def connect(self, config: StatsdConfig) -> None:
        """Send to the server of ``config`` from now on, once its name is looked up."""
        self.turn_off(config)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LOOKUP_TIMEOUT):
                found = await loop.getaddrinfo(config.host, config.port, type=socket.SOCK_DGRAM)
            if self.config is config:  # and no other was read meanwhile
                self._socket = _connected(*found[0])
        except (OSError, UnicodeError) as error:
            why = str(error) or "its name is not found"
            logger.warning("StatsD server %s: %s", config.host, why)

    def turn_off(self, config: StatsdConfig) -> None:
        """Go by ``config``, and send nothing."""
        self.close()
        self.config = config

    def close(self) -> None:
        """Send nothing any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, figure: Figure, *, chance: Callable[[], float] | None = None) -> None:
        """Send it, unless it is left out for its rate; what cannot be sent is lost.

        Args:
            figure: What is sent.
            chance: Draws from 0 to 1, where only a share of such figures is to be sent.
        """
        if self._socket is None or (chance is not None and chance() >= figure.rate):
            return
        try:
            self._socket.send(figure_text(figure, self.config))
        except ConnectionRefusedError:  # of one before: nobody listens there just now
            with contextlib.suppress(OSError):
                self._socket.send(figure_text(figure, self.config))
        except OSError as error:
            if not self._is_failing:
                logger.warning("StatsD server %s: %s", self.config.host, error)
            self._is_failing = True
        else:
            self._is_failing = False


def _connected(
    family: int, kind: int, protocol: int, _: str, address: tuple[object, ...]
) -> socket.socket:
    """A socket that never waits.

    Raises:
        OSError: There is no way there.
    """
    made = socket.socket(family, kind, protocol)
    try:
        made.settimeout(0)
        made.connect(address)
    except OSError:
        made.close()
        raise
    return made
