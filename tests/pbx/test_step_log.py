"""Steps of calls in the log."""

from __future__ import annotations

import logging

import pytest

from switchroom.ops.log_channels import kinds_of
from switchroom.pbx.events import NewExtension
from switchroom.pbx.step_log import StepLog, logger
from tests.support.fakes import make_pbx

STEP = NewExtension("PJSIP/ann-1", "u", "sales", "100", 2, "Dial", "PJSIP/bob,20")


def test_they_are_said_from_level_3_on(caplog: pytest.LogCaptureFixture) -> None:
    pbx = make_pbx()
    steps = pbx.datastore(StepLog)
    with caplog.at_level(logging.INFO, logger.name):
        steps.set_verbosity(pbx, 2)
        assert not pbx.events.wants(NewExtension)
        steps.set_verbosity(pbx, 3)
        steps.set_verbosity(pbx, 5)
        pbx.events.publish(STEP)
        steps.set_verbosity(pbx, 0)
        assert not pbx.events.wants(NewExtension)
    (record,) = caplog.records
    assert record.getMessage() == (
        'Executing [100@sales:2] Dial("PJSIP/ann-1", "PJSIP/bob,20") in new stack'
    )
    assert kinds_of(record) == ("VERBOSE",)
