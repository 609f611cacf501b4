"""What ``rtp.conf`` says, for who shows it; by ``pbx.datastore(MediaConfig)``."""

from __future__ import annotations

from switchroom.config.rtp import RtpConfig


class MediaConfig:
    """Of one node."""

    def __init__(self) -> None:
        self.rtp = RtpConfig()
