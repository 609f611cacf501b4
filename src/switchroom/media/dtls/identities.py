"""The certificates of a node, each made ready once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from switchroom.base.errors import MediaError
from switchroom.media.dtls.settings import DtlsSettings

if TYPE_CHECKING:  # loading OpenSSL is for nodes that shake hands
    from switchroom.media.dtls.identity import DtlsIdentity


class Identities:
    """By what is configured; one that is no longer fresh is made anew for the next call."""

    def __init__(self) -> None:
        self._known: dict[DtlsSettings, DtlsIdentity] = {}

    def of(self, settings: DtlsSettings) -> DtlsIdentity:
        """The certificate for the next call.

        Raises:
            MediaError: A file cannot be read or used, or there is no pyOpenSSL.
        """
        try:
            from switchroom.media.dtls.identity import DtlsIdentity
        except ImportError as error:
            raise MediaError("DTLS needs pyOpenSSL: pip install pyOpenSSL") from error
        known = self._known.get(settings)
        if known is None or not known.is_fresh:
            known = self._known[settings] = DtlsIdentity(settings)
        return known
