"""One handshake, and the keys that come of it; datagrams in and out, without I/O."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence

from OpenSSL import SSL

from switchroom.media.api import Protection
from switchroom.media.dtls.identity import DtlsIdentity
from switchroom.media.dtls.suites import PROFILES
from switchroom.sdp.dtls import Fingerprint

LABEL = b"EXTRACTOR-dtls_srtp"  #: RFC 5764 §4.2
RECORD_HEADER = 13  #: octets
ALERT, HANDSHAKE = 21, 22  #: kinds of records
CLIENT_HELLO = 1


class DtlsConnection:
    """A handshake with whoever has the certificate that the description told of.

    It may be used in any thread, by one at a time. Its clock is OpenSSL's own: :meth:`tick` sends
    again what got no answer, and :attr:`timeout` tells when to call it.

    A client must first show that he hears us: until he sends our cookie back nothing is kept of
    him, so that whoever writes another's address on his packets costs and disturbs nothing.

    Args:
        identity: Our certificate.
        is_client: Whether we begin.
        fingerprints: Theirs; any of them will do.
        cookie: For a client; the same for one address, and nobody can guess it.
    """

    def __init__(
        self,
        identity: DtlsIdentity,
        *,
        is_client: bool,
        fingerprints: Sequence[Fingerprint],
        cookie: bytes = b"",
    ) -> None:
        self._identity = identity
        self._fingerprints = tuple(fingerprints)
        self.is_client = is_client
        self.cookie = cookie or secrets.token_bytes(16)
        self.has_begun = is_client  #: whether a client showed that he hears us
        self._connection = identity.connection(self, is_client=is_client)
        self._output: list[bytes] = []
        self.keys: Protection | None = None  #: when it is done
        self.failure = ""  #: why nothing will come of it

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it: it is done, or it failed."""
        return bool(self.failure) or self.keys is not None

    @property
    def timeout(self) -> float | None:
        """Seconds until :meth:`tick` is to be called; None: not at all."""
        if self.is_over or not self.has_begun:
            return None
        left = self._connection.DTLSv1_get_timeout()
        return None if left is None else float(left)

    def begin(self) -> None:
        """Send the first flight, if that is ours to do."""
        self._advance()

    def receive(self, datagram: bytes) -> None:
        """Take one datagram; what cannot be read changes nothing."""
        if is_plain(datagram, ALERT):
            # Nobody vouches for it: whoever believes it lets a stranger end the handshake.
            return
        self._connection.bio_write(datagram)
        if self.has_begun:
            self._advance()
        else:
            self._listen()

    def tick(self) -> None:
        """Send again what got no answer in time."""
        if self.has_begun and not self.is_over:
            self._connection.DTLSv1_handle_timeout()
            self._collect()

    def take_output(self) -> list[bytes]:
        """The datagrams to be sent since the last call."""
        output, self._output = self._output, []
        return output

    def _listen(self) -> None:
        try:
            self._connection.DTLSv1_listen()
        except SSL.Error:  # it was no hello, or had no cookie: our answer to that has one
            self._collect()
        else:
            self.has_begun = True
            self._advance()

    def _advance(self) -> None:
        if self.failure:
            return
        try:
            if self.keys is None:
                self._connection.do_handshake()
                self._finish()
            else:  # their last flight again: ours got lost, and OpenSSL sends it once more
                self._connection.recv(2048)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            pass  # they say goodbye; the BYE of SIP ends the call
        except SSL.Error as error:
            if self.keys is None:
                self._fail(_words(error))
        self._collect()

    def _finish(self) -> None:
        name = self._connection.get_selected_srtp_profile().decode()
        profile = next((each for each in PROFILES if each.openssl == name), None)
        if profile is None:
            self.failure = "no way to protect packets that both sides know"
            return
        key, salt = profile.key, profile.salt
        octets = self._connection.export_keying_material(LABEL, 2 * (key + salt))
        at = 2 * key
        client = octets[:key] + octets[at : at + salt]
        server = octets[key:at] + octets[at + salt :]
        local, remote = (client, server) if self.is_client else (server, client)
        self.keys = Protection(profile.suite, local, remote)

    def judge(self, der: bytes, depth: int, *, is_good: bool) -> bool:
        """See :class:`~switchroom.media.dtls.identity.Asked`."""
        if self._identity.settings.verifies_certificate and not is_good:
            self.failure = "their certificate is not signed by anybody we trust"
            return False
        if depth:
            return True
        for each in self._fingerprints:
            if hashlib.new(each.algorithm.replace("-", ""), der).digest() == each.digest:
                return True
        self.failure = "their certificate is not the one that their description told of"
        return False

    def _fail(self, reason: str) -> None:
        """Keep the first reason: what comes behind it follows from it."""
        if not self.failure:
            self.failure = reason

    def _collect(self) -> None:
        try:
            octets = self._connection.bio_read(65536)
        except SSL.WantReadError:
            return
        self._output += datagrams_of(octets, self._identity.settings.mtu)


def datagrams_of(records: bytes, mtu: int) -> list[bytes]:
    """Records one behind the other, as many in a datagram as fit (RFC 6347 §4.1.1)."""
    found: list[bytes] = []
    at = 0
    while at + RECORD_HEADER <= len(records):
        end = at + RECORD_HEADER + int.from_bytes(records[at + 11 : at + 13])
        record = records[at:end]
        if found and len(found[-1]) + len(record) <= mtu:
            found[-1] += record
        else:
            found.append(record)
        at = end
    return found


def is_plain(datagram: bytes, kind: int) -> bool:
    """Whether it begins with a record of that kind that is not protected."""
    return len(datagram) > RECORD_HEADER and datagram[0] == kind and datagram[3:5] == b"\0\0"


def is_hello(datagram: bytes) -> bool:
    """Whether a client begins with it."""
    return is_plain(datagram, HANDSHAKE) and datagram[RECORD_HEADER] == CLIENT_HELLO


def _words(error: SSL.Error) -> str:
    """The last of OpenSSL's reasons."""
    reasons = error.args[0] if error.args else ()
    if isinstance(reasons, list) and reasons:
        return str(reasons[-1][-1])
    return "the handshake failed"
