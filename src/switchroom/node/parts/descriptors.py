"""Sockets for all calls that there may be."""

from __future__ import annotations

from contextlib import AsyncExitStack

from switchroom.node.part import Part
from switchroom.ops.descriptors import raise_limit
from switchroom.pbx.pbx import Pbx


class Descriptors(Part):
    """Raises the limit before the first socket is opened."""

    def open(self, pbx: Pbx, stack: AsyncExitStack) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        raise_limit()
