import pytest

from switchroom.channels.sip.causes import cause_of_status, status_of_cause
from switchroom.pbx.hangup_cause import HangupCause


@pytest.mark.parametrize("cause", HangupCause)
def test_every_cause_refuses_with_a_final_status(cause: HangupCause) -> None:
    assert 400 <= status_of_cause(cause) < 700


@pytest.mark.parametrize("status", [404, 403, 410, 484, 486, 488, 500, 501, 502, 503, 504, 480])
def test_a_status_survives_the_way_there_and_back(status: int) -> None:
    assert status_of_cause(cause_of_status(status)) == status


@pytest.mark.parametrize(
    ("status", "cause"),
    [
        (499, HangupCause.INTERWORKING),
        (302, HangupCause.INTERWORKING),
        (599, HangupCause.NORMAL_CIRCUIT_CONGESTION),
        (699, HangupCause.INTERWORKING),
    ],
)
def test_an_unknown_status_counts_as_its_class(status: int, cause: HangupCause) -> None:
    assert cause_of_status(status) is cause
