"""What transcoding costs: microseconds of CPU for a packet of 20 ms, for each pair of codecs.

The parts that the engine puts together are timed one by one, on its native code: decode,
bring down to the mix's 8,000 Hz, bring to the other's rate, code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median

import numpy as np

from switchroom.media.codecs import _coder
from switchroom.media.codecs.codec import Codec
from switchroom.media.codecs.coding import open_coder
from switchroom.media.codecs.registry import all_codecs, is_usable

PACKETS = 200
ROUNDS = 7
NAMES = ("ulaw", "alaw", "gsm", "g722", "slin16", "opus")


def speech_like(rate: int) -> list[bytes]:
    """Packets of a voice: a pitch with formants that move, and pauses."""
    at = np.arange(PACKETS * rate // 50) / rate
    pitch = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 0.7 * at)) / rate
    voice = sum(np.sin(k * pitch) * np.exp(-(((k * 120 - 500) / 700) ** 2)) for k in range(1, 25))
    loud = np.clip(np.sin(2 * np.pi * 1.6 * at) + 0.6, 0, 1)
    noise = np.random.default_rng(1).normal(0, 60, len(at))
    samples = (5000 * voice * loud + noise).clip(-32000, 32000).astype(np.int16)
    return [part.tobytes() for part in np.split(samples, PACKETS)]


def cost(work: Callable[[bytes], object], packets: Sequence[bytes]) -> float:
    """Microseconds a packet."""

    def once() -> float:
        began = time.thread_time()
        for packet in packets:
            work(packet)
        return (time.thread_time() - began) / len(packets) * 1e6

    return median(once() for _ in range(ROUNDS))


def resampling(rate: int, wanted: int) -> float:
    """Of one packet."""
    return 0.0 if rate == wanted else cost(_coder.Resampler(rate, wanted).run, speech_like(rate))


def coding(codec: Codec) -> tuple[float, float]:
    """To decode, and to code."""
    coder, packets = open_coder(codec), speech_like(codec.sample_rate)
    coded = [coder.encode(packet) for packet in packets]
    return cost(lambda data: coder.decode(data, 5760), coded), cost(coder.encode, packets)


def main() -> None:
    """Print the table of docs/performance.md."""
    codecs = [all_codecs()[name] for name in NAMES if is_usable(all_codecs()[name])]
    costs = {codec.config_name: coding(codec) for codec in codecs}
    print("| from \\ to |", " | ".join(costs), "|")
    print("|---|", "---:|" * len(costs), sep="")
    for one in codecs:
        row = []
        for two in codecs:
            direct = one.sample_rate if two.sample_rate > 8000 else 8000
            total = costs[one.config_name][0] + resampling(one.sample_rate, 8000)
            total += resampling(direct, two.sample_rate) + costs[two.config_name][1]
            row.append("relayed" if one is two else f"{total:.0f}")
        print(f"| {one.config_name} |", " | ".join(row), "|")


if __name__ == "__main__":
    main()
