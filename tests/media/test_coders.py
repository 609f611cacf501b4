"""Each codec alone, and the live resampler."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from switchroom.base.errors import MediaError
from switchroom.media.codecs import _coder
from switchroom.media.codecs.codec import Codec, Native
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs, codec_of, is_usable
from tests.media.coded_party import compare, level_of, make_signal

#: How alike and how much later a signal is behind coder and decoder.
QUALITY = {"ulaw": (0.999, 0), "alaw": (0.999, 0), "g722": (0.999, 22 / 16000),
           "gsm": (0.9, 0), "opus": (0.98, 312 / 48000)}  # fmt: skip


@pytest.mark.parametrize("name", all_codecs())
def test_a_signal_keeps_shape_and_level(name: str) -> None:
    codec = all_codecs()[name]
    if not is_usable(codec):
        pytest.skip(f"{codec.library} is not installed")
    coder, rate = open_coder(codec), codec.sample_rate
    signal = make_signal(rate, 1.0, 440, 1230).astype(np.int16)
    frame = rate // 50
    coded = [coder.encode(signal[at : at + frame].tobytes()) for at in range(0, rate, frame)]
    heard = np.frombuffer(b"".join(coder.decode(c, 5760) for c in coded), np.int16)
    late, likeness, level = compare(heard.astype(float), signal.astype(float), rate)
    least, expected = QUALITY.get(name, (1 - 1e-9, 0))
    assert likeness >= least
    assert late == pytest.approx(expected, abs=0.0003)
    assert abs(level) < 1
    assert max(map(len, coded)) * 50 <= codec.octets


def test_g722_is_the_recommendation_bit_by_bit() -> None:
    """Digests of what another implementation (spandsp's) makes of the same signal."""
    at = np.arange(16000) / 16000
    signal = 6000 * np.sin(2 * np.pi * 440 * at) + 3000 * np.sin(2 * np.pi * 5200 * at)
    coder = open_coder(all_codecs()["g722"])
    coded = coder.encode(signal.astype(np.int16).tobytes())
    assert (
        hashlib.sha256(coded).hexdigest()
        == "c5b7e21d6873a60420dd48cc1f83131c219bf8429fa593e87f9fc9d52d2b8a1e"
    )
    assert (
        hashlib.sha256(coder.decode(coded, 16000)).hexdigest()
        == "3791b6f1a3cd95ba617a91c63ff856bf69d59e29f21e2cbea624b6bb9c8c23a8"
    )


def test_g722_keeps_what_is_above_the_telephone_band() -> None:
    coder = open_coder(all_codecs()["g722"])
    signal = 6000 * np.sin(2 * np.pi * 5200 * np.arange(16000) / 16000)
    coded = coder.encode(signal.astype(np.int16).tobytes())
    heard = np.frombuffer(coder.decode(coded, 16000), np.int16).astype(float)
    assert level_of(heard[4000:], 16000, 5200) == pytest.approx(6000, rel=0.05)


def test_what_is_no_packet_is_refused() -> None:
    with pytest.raises(ValueError, match="no packet"):
        open_coder(all_codecs()["opus"]).decode(b"", 5760)
    with pytest.raises(ValueError, match="no packet"):
        open_coder(all_codecs()["g722"]).decode(bytes(100), 10)


def test_a_library_that_is_not_installed_is_named() -> None:
    codec = Codec("X", "x", "", Native.GSM, 96, library="libthatnobodyhas.so.7")
    assert not is_usable(codec)
    with pytest.raises(MediaError, match=r"x needs libthatnobodyhas\.so\.7"):
        open_coder(codec)


def test_the_registry_finds_by_both_names() -> None:
    assert codec_of("L16", 16000) is all_codecs()["slin16"]
    assert codec_of("G722", 8000) is all_codecs()["g722"]
    assert codec_of("G722", 16000) is None
    types = [codec.payload_type for codec in all_codecs().values()]
    assert len(set(types)) == len(types)
    assert 101 not in types  # telephone-event


@pytest.mark.parametrize("rate", [8000, 12000, 16000, 24000, 32000, 48000])
@pytest.mark.parametrize("wanted", [8000, 12000, 16000, 24000, 32000, 48000])
def test_live_resampling(rate: int, wanted: int) -> None:
    """1.5 ms of delay at most, no samples more or less than there have to be, 60 dB clean."""
    if rate == wanted:
        return
    live = _coder.Resampler(rate, wanted)
    signal = (8000 * np.sin(2 * np.pi * 1000 * np.arange(rate) / rate)).astype(np.int16)
    frame = rate // 50
    parts = [live.run(signal[at : at + frame].tobytes()) for at in range(0, rate, frame)]
    assert {len(part) for part in parts} == {2 * wanted // 50}
    heard = np.frombuffer(b"".join(parts), np.int16).astype(float)
    late = 12 / min(rate, wanted)
    expected = 8000 * np.sin(2 * np.pi * 1000 * (np.arange(wanted) / wanted - late))
    inner = slice(wanted // 10, None)
    assert np.abs(heard[inner] - expected[inner]).max() < 8000 / 500


@pytest.mark.parametrize("rate", [16000, 48000])
def test_nothing_is_mirrored_into_the_telephone_band(rate: int) -> None:
    live = _coder.Resampler(rate, 8000)
    signal = (8000 * np.sin(2 * np.pi * 5000 * np.arange(rate) / rate)).astype(np.int16)
    frame = rate // 50
    heard = b"".join(live.run(signal[at : at + frame].tobytes()) for at in range(0, rate, frame))
    assert np.abs(np.frombuffer(heard, np.int16)[1000:]).max() < 8  # -60 dB
