"""Test mode: states that harnesses wait for are told (AMI: TestEvent).

On with ``test_events = yes`` in asterisk.conf, the environment variable below, or where a manager's
``read`` names the class ``test``, as harnesses' files do and ``read = all`` does not. What has an
event of its own is told from that (``ami/events/harness.py``); everything else calls
:func:`tell_state`.
"""

from __future__ import annotations

from switchroom.pbx.events import TestState
from switchroom.pbx.pbx import Pbx

ENVIRONMENT = "SWITCHROOM_TEST_EVENTS"


class Harness:
    """Of one node, by ``pbx.datastore(Harness)``."""

    def __init__(self) -> None:
        self.is_on = False  #: by the configuration or the environment
        self.is_asked_for = False  #: by a user of ``manager.conf``

    @property
    def tells(self) -> bool:
        """Whether states are told."""
        return self.is_on or self.is_asked_for


def tell_state(
    pbx: Pbx, state: str, *headers: tuple[str, str], place: tuple[str, str] = ("", "")
) -> None:
    """A state is reached.

    Args:
        pbx: The core.
        state: ``QUEUE_PRESS``, ``VOICEMAIL_PLAYBACK`` …
        headers: What the state tells besides.
        place: File and function, as harnesses know them of the original.
    """
    if pbx.datastore(Harness).tells and pbx.events.wants(TestState):
        pbx.events.publish(TestState(state, *place, 0, headers))
