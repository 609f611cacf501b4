"""Signal tones: what is written, and what is heard."""

from __future__ import annotations

import pytest

from switchroom.base.errors import MediaError
from switchroom.config.country_tones import COUNTRY_TONES
from switchroom.media.tone_list import Frequency, TonePart, make_tones, parse_tone_list
from tests.media.calls import frequencies, values


def test_parts() -> None:
    assert parse_tone_list("480+620/500, 0/250") == (
        TonePart((Frequency(480), Frequency(620)), 0.5),
        TonePart((), 0.25),
    )
    assert parse_tone_list("!1000*20/100,350") == (
        TonePart((Frequency(1000),), 0.1, modulation_hz=20, once=True),
        TonePart((Frequency(350),)),
    )
    assert parse_tone_list("M69@-20/0")[0] == TonePart((Frequency(440, -20),))
    assert parse_tone_list("400/200|0/200") == parse_tone_list("400/200,0/200")


@pytest.mark.parametrize(
    "wrong",
    [
        "", ",", "busy", "440/x", "440/-1", "4000", "440+", "440/61000", ",".join(["1"] * 65),
        "M128", "M99999999999", "9" * 400, "440/" + "9" * 5000, "440/\u00b2",
    ],
)  # fmt: skip
def test_what_is_no_list(wrong: str) -> None:
    with pytest.raises(MediaError):
        parse_tone_list(wrong)


def test_what_is_heard() -> None:
    sounds = make_tones(parse_tone_list("!950/330,480+620/500,0/500"))
    assert sounds.once is not None
    assert sounds.loop is not None
    assert sounds.once.duration == 0.33
    assert sounds.loop.duration == 1.0
    assert frequencies(sounds.once.samples) == [950]
    assert frequencies(sounds.loop.samples[:8000]) == [480, 620]
    assert not any(sounds.loop.samples[8000:])


def test_a_tone_that_is_played_once() -> None:
    sounds = make_tones(parse_tone_list("!440/100"))
    assert sounds.once is not None
    assert sounds.loop is None


def test_levels_and_modulation() -> None:
    def loudest(text: str) -> float:
        sound = make_tones(parse_tone_list(text)).loop
        assert sound is not None
        return float(values(sound.samples).max())

    assert loudest("1000@-6") == pytest.approx(2 * loudest("1000@-12"), rel=0.01)
    assert loudest("1000@3.14") == pytest.approx(32767, rel=0.001)
    sound = make_tones(parse_tone_list("1000*10/1000")).loop
    assert sound is not None
    waves = [values(sound.samples[at : at + 160]).max() for at in range(0, 16000, 160)]
    assert min(waves) < 0.2 * max(waves)


def test_every_country_has_tones_that_can_be_played() -> None:
    for name, tones in COUNTRY_TONES.items():
        assert {"dial", "busy", "ring", "congestion", "info", "callwaiting"} <= set(tones), name
        for tone, written in tones.items():
            if tone != "description":
                assert parse_tone_list(written), f"{name} {tone}"
