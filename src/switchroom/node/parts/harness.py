"""Test mode."""

from __future__ import annotations

import os

from switchroom.config.language.values import is_true
from switchroom.node.part import Part
from switchroom.pbx.harness import ENVIRONMENT, Harness
from switchroom.pbx.pbx import Pbx


class TestMode(Part):
    """On with ``test_events`` in asterisk.conf, or by the environment."""

    __test__ = False  # no test of pytest's

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        asked = is_true(os.environ.get(ENVIRONMENT, ""))
        pbx.datastore(Harness).is_on = self.asterisk.test_events or asked
