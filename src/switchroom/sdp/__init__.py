"""SDP and its offer/answer."""
