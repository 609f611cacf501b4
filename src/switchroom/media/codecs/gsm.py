"""GSM 06.10 full rate (RFC 3551 section 4.5.8)."""

from switchroom.media.codecs.codec import Codec, Native

CODEC = Codec(
    name="GSM", config_name="gsm", description="GSM 06.10 full rate", native=Native.GSM,
    payload_type=3, frame=0.02, octets=1650, library="libgsm.so.1",
)  # fmt: skip
