"""G.711 u-law (RFC 3551 section 4.5.14): North America and Japan."""

from switchroom.media.codecs.codec import Codec, Native

CODEC = Codec(
    name="PCMU", config_name="ulaw", description="G.711 u-law", native=Native.PCMU, payload_type=0
)
