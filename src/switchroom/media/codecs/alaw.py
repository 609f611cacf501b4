"""G.711 A-law (RFC 3551 section 4.5.14): everywhere else."""

from switchroom.media.codecs.codec import Codec, Native

CODEC = Codec(
    name="PCMA", config_name="alaw", description="G.711 A-law", native=Native.PCMA, payload_type=8
)
