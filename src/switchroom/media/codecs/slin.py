"""Signed linear, 16 bits a sample (RFC 3551 section 4.5.11), at the rates the original has."""

from switchroom.media.codecs.codec import Codec, Native


def _linear(config_name: str, rate: int, payload_type: int) -> Codec:
    return Codec(
        name="L16", config_name=config_name, description=f"Signed linear, {rate} Hz",
        native=Native.LINEAR, payload_type=payload_type, clock_rate=rate, sample_rate=rate,
        octets=2 * rate,
    )  # fmt: skip


CODECS = (
    _linear("slin", 8000, 117),
    _linear("slin12", 12000, 122),
    _linear("slin16", 16000, 118),
    _linear("slin24", 24000, 119),
    _linear("slin32", 32000, 120),
    _linear("slin48", 48000, 121),
)
