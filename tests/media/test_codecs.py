"""G.711 and sample rates, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest

from switchroom.media.codecs.samples import decode, encode, resample

CODES = bytes(range(256))


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_every_code_comes_back(codec: str) -> None:
    again = encode(codec, decode(codec, CODES))
    assert [code for code in CODES if again[code] != code] == ([0x7F] if codec == "PCMU" else [])
    assert decode(codec, again) == decode(codec, CODES)  # 0x7f is u-law's other zero


@pytest.mark.parametrize(
    ("codec", "code", "sample"),
    [  # ITU-T G.711 tables 1a to 2b, times four for u-law and eight for A-law, on 16 bit
        ("PCMU", 0xFF, 0),
        ("PCMU", 0x80, 32124),
        ("PCMU", 0x00, -32124),
        ("PCMU", 0xFE, 8),
        ("PCMA", 0xD5, 8),
        ("PCMA", 0x55, -8),
        ("PCMA", 0xAA, 32256),
        ("PCMA", 0x2A, -32256),
    ],
)
def test_known_codes(codec: str, code: int, sample: int) -> None:
    assert int.from_bytes(decode(codec, bytes([code])), "little", signed=True) == sample


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_the_error_is_that_of_eight_bits(codec: str) -> None:
    rng = np.random.default_rng(1)
    samples = rng.normal(0, 3000, 40000).clip(-32000, 32000).astype(np.int16)
    error = np.frombuffer(decode(codec, encode(codec, samples.tobytes())), np.int16) - samples
    noise = 10 * np.log10(np.mean(samples.astype(float) ** 2) / np.mean(error.astype(float) ** 2))
    assert noise > 36  # decibels; G.711 is good for 38


def sine(frequency: float, rate: int, seconds: float = 0.5) -> np.ndarray:
    return 10000 * np.sin(2 * np.pi * frequency * np.arange(int(rate * seconds)) / rate)


@pytest.mark.parametrize(
    ("rate", "wanted"), [(16000, 8000), (22050, 8000), (44100, 8000), (8000, 16000), (11111, 8000)]
)
def test_a_tone_keeps_its_shape_at_another_rate(rate: int, wanted: int) -> None:
    out = np.frombuffer(
        resample(sine(1000, rate).astype(np.int16).tobytes(), rate, wanted), np.int16
    )
    expected = sine(1000, wanted)[: len(out)]
    inner = slice(200, -200)
    assert abs(len(out) - wanted // 2) <= 1
    assert np.abs(out[inner] - expected[inner]).max() < 100  # -40 dB


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_what_the_lower_rate_cannot_hold_is_gone(rate: int) -> None:
    out = np.frombuffer(resample(sine(5000, rate).astype(np.int16).tobytes(), rate, 8000), np.int16)
    assert np.abs(out[200:-200].astype(int)).max() < 100


def test_odd_rates_are_refused() -> None:
    for rates in ((0, 8000), (8000, 0), (-1, 8000)):
        with pytest.raises(ValueError, match="positive"):
            resample(b"\0\0", *rates)
