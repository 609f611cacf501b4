"""What a party wants of Opus."""

from __future__ import annotations

import pytest

from switchroom.sdp.opus import OpusTerms, parse_opus


@pytest.mark.parametrize(
    ("parameters", "terms"),
    [
        ("", OpusTerms(wants_repeats=False)),
        ("useinbandfec=1", OpusTerms()),
        (
            "maxplaybackrate=16000; sprop-maxcapturerate=16000; maxaveragebitrate=20000; stereo=1",
            OpusTerms(20000, 16000, wants_repeats=False),
        ),
        ("MaxAverageBitrate=1;cbr=1", OpusTerms(6000, wants_repeats=False, is_constant=True)),
        ("maxplaybackrate=many;maxaveragebitrate=-1;useinbandfec", OpusTerms(wants_repeats=False)),
        ("maxaveragebitrate=99999999999", OpusTerms(wants_repeats=False)),
    ],
)
def test_what_is_read(parameters: str, terms: OpusTerms) -> None:
    assert parse_opus(parameters) == terms
