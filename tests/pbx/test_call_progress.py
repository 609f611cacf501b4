import pytest

from switchroom.config.indications import built_in_zone
from switchroom.pbx.listening.call_progress import SIT_HERTZ, CallProgress, signal_tones


def progress(country: str, threshold: int = 1) -> CallProgress:
    zone = built_in_zone(country)
    assert zone is not None
    return CallProgress(signal_tones(zone), threshold)


@pytest.mark.parametrize(
    ("country", "pair", "length", "status"),
    [
        ("us", (440.0, 480.0), 2.0, "RINGING"),
        ("us", (440.0, 480.0), 1.9, "RINGING"),
        ("us", (480.0, 620.0), 0.5, "BUSY"),
        ("us", (480.0, 620.0), 0.25, "BUSY"),
        ("us", (480.0, 620.0), 3.0, None),
        ("us", (350.0, 440.0), 0.5, None),
        ("de", (425.0, 0.0), 1.0, "RINGING"),
        ("de", (425.0, 0.0), 0.48, "BUSY"),
        ("de", (425.0, 0.0), 0.24, "BUSY"),
        ("de", (425.0, 0.0), 1.8, None),
        ("uk", (400.0, 450.0), 0.4, "RINGING"),
        ("uk", (400.0, 0.0), 0.375, "BUSY"),
    ],
)
def test_the_rhythm_tells_what_a_tone_means(
    country: str, pair: tuple[float, float], length: float, status: str | None
) -> None:
    assert progress(country).ended(pair, length) == status


@pytest.mark.parametrize(
    ("country", "pair", "status"),
    [
        ("us", (350.0, 440.0), "DIALTONE"),
        ("us", (440.0, 480.0), None),
        ("de", (425.0, 0.0), "DIALTONE"),
    ],
)
def test_a_tone_that_lasts(country: str, pair: tuple[float, float], status: str | None) -> None:
    assert progress(country).lasts(pair) == status


def test_a_tone_that_has_to_come_several_times() -> None:
    heard = progress("us", threshold=2)
    assert heard.ended((440.0, 480.0), 2.0) is None
    assert heard.ended((480.0, 620.0), 0.5) is None
    assert heard.ended((440.0, 480.0), 2.0) == "RINGING"


@pytest.mark.parametrize("begins", SIT_HERTZ[0])
def test_special_information_is_three_tones_in_a_row(begins: float) -> None:
    last = SIT_HERTZ[1]
    heard = progress("us")
    assert heard.special(last, now=0.5) is None
    assert heard.special(begins, now=1.0) is None
    assert heard.special(last, now=9.0) is None
    assert heard.special(begins, now=10.0) is None
    assert heard.special(last, now=10.7) == "SIT"
