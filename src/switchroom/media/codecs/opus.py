"""Opus (RFC 7587): two channels in SDP whatever is sent, and always 48,000 Hz."""

from switchroom.media.codecs.codec import Codec, Native

CODEC = Codec(
    name="OPUS", config_name="opus", description="Opus", native=Native.OPUS, payload_type=107,
    clock_rate=48000, sample_rate=48000, channels=2, parameters="useinbandfec=1", frame=0.02,
    octets=16000, library="libopus.so.0",
)  # fmt: skip
