"""G.722 at 64 kbit/s; its clock rate in SDP is a mistake that became the rule (RFC 3551 4.5.2)."""

from switchroom.media.codecs.codec import Codec, Native

CODEC = Codec(
    name="G722", config_name="g722", description="G.722 wideband", native=Native.G722,
    payload_type=9, clock_rate=8000, sample_rate=16000,
)  # fmt: skip
