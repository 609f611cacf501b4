"""RTP and RTCP packets."""
