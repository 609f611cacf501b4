"""Whole sounds between codecs and sample rates; live audio is the engine's."""

from __future__ import annotations

from switchroom.media.codecs import _samples


def decode(codec: str, codes: bytes | memoryview) -> bytes:
    """From G.711 to signed 16 bit samples.

    Args:
        codec: ``PCMU`` or ``PCMA``.
        codes: One octet a sample.
    """
    return _samples.g711_to_linear(codec, codes)


def encode(codec: str, samples: bytes) -> bytes:
    """From signed 16 bit samples to G.711, ``PCMU`` or ``PCMA``."""
    return _samples.linear_to_g711(codec, samples)


def resample(samples: bytes, rate: int, wanted: int) -> bytes:
    """Signed 16 bit mono samples at another rate, without aliases.

    Args:
        samples: Native byte order.
        rate: Hertz, theirs.
        wanted: Hertz.
    """
    return samples if rate == wanted else _samples.resample(samples, rate, wanted)


def amplify(samples: bytes, factor: float) -> bytes:
    """Signed 16 bit samples, louder by a factor; what would be too loud is clipped."""
    return samples if factor == 1.0 else _samples.amplify(samples, factor)


def mix(one: bytes, two: bytes) -> bytes:
    """The sum of two sounds, as long as the shorter one; what would be too loud is clipped."""
    return _samples.mix(one, two)


def interleave(one: bytes, two: bytes) -> bytes:
    """Two sounds as the channels of one, as long as the shorter one."""
    return _samples.interleave(one, two)
