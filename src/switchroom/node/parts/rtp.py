"""``rtp.conf``: what counts for all audio. Its ports and ICE are taken up at the start."""

from __future__ import annotations

from collections.abc import Sequence

from switchroom.config.language.options import ConfigWarning
from switchroom.config.rtp import RtpConfig, read_rtp
from switchroom.media.settings import MediaSettings
from switchroom.node.part import Part
from switchroom.pbx.media_config import MediaConfig
from switchroom.pbx.pbx import Pbx


class Rtp(Part):
    """The file need not be there. Its warnings are told by who reads it for the ports."""

    words = frozenset({"rtp"})

    def read(self) -> Sequence[ConfigWarning]:
        """See :class:`~switchroom.node.part.Part`."""
        self._config = self.read_file("rtp.conf", read_rtp) or RtpConfig()
        return ()

    def apply(self, pbx: Pbx) -> None:
        """See :class:`~switchroom.node.part.Part`."""
        rtp = self._config
        pbx.datastore(MediaConfig).rtp = rtp
        pbx.engine.configure(
            MediaSettings(
                rtcp_interval=rtp.rtcp_interval / 1000,
                probation=rtp.probation,
                is_strict=rtp.is_strict,
                digit_timeout=rtp.digit_timeout / 8000,
                has_checksums=rtp.has_checksums,
            )
        )
