"""Certificates of callers: whether somebody who is trusted vouches for them, and for what."""

from __future__ import annotations

import logging
import ssl
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from OpenSSL import crypto

from switchroom.channels.sip.stir_shaken.authorized_numbers import (
    OID,
    AuthorizedNumbers,
    parse_authorized_numbers,
)
from switchroom.channels.sip.stir_shaken.results import Result, UnprovenError
from switchroom.config.stir_shaken import Verification

logger = logging.getLogger(__name__)

MAX_CHAIN = 8  #: certificates that come together
MAX_FILES = 1000  #: of a folder
_EXTENDED_CRLS = 0x1000  #: X509_V_FLAG_EXTENDED_CRL_SUPPORT: one list for many issuers, as SHAKEN's
_CRL_CHECK = 0x4
_EXPIRED, _NOT_YET = 10, 9  #: X509_V_ERR_…

Chain = tuple[x509.Certificate, ...]


def read_chain(pem: bytes) -> Chain:
    """The certificates of a document, the caller's first.

    Raises:
        UnprovenError: It has none, or too many.
    """
    try:
        chain = tuple(x509.load_pem_x509_certificates(pem))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise UnprovenError(Result.NO_CERTIFICATE, "no certificate as PEM") from error
    if not 0 < len(chain) <= MAX_CHAIN:
        raise UnprovenError(Result.NO_CERTIFICATE, f"{len(chain)} certificates")
    return chain


class Trust:
    """Whom one ``verification`` or ``profile`` trusts; its files are read once.

    Args:
        settings: What the configuration says. What cannot be read is said in the log, and
            nothing is trusted for it.
    """

    def __init__(self, settings: Verification) -> None:
        self._store = crypto.X509Store()
        if settings.trusts_system:
            self._trust_system()
        for certificate in _certificates(settings.authorities):
            self._store.add_cert(certificate)
        self._between = list(_certificates(settings.untrusted))
        if settings.revocations:
            for pem in _pems(settings.revocations, b"X509 CRL"):
                self._add_revocations(pem)
            self._store.set_flags(_CRL_CHECK | _EXTENDED_CRLS)
        if not settings.authorities and not settings.trusts_system:
            logger.warning("stir_shaken.conf: without ca_file, ca_path or load_system_certs"
                           " no caller's certificate is trusted")  # fmt: skip

    def _trust_system(self) -> None:
        paths = ssl.get_default_verify_paths()
        if paths.cafile is None and paths.capath is None:
            logger.error("stir_shaken.conf: load_system_certs: the system trusts nobody")
            return
        self._store.load_locations(paths.cafile, paths.capath)

    def _add_revocations(self, pem: bytes) -> None:
        try:
            self._store.add_crl(x509.load_pem_x509_crl(pem))
        except (ValueError, crypto.Error) as error:
            logger.error("stir_shaken.conf: a list of revocations: %s", error)  # noqa: TRY400  # known

    def check(self, chain: Chain, *, now: float) -> None:
        """Find out whether a certificate may vouch for numbers at all.

        Args:
            chain: The caller's and those between, as they came.
            now: Seconds since the epoch.

        Raises:
            UnprovenError: It may not.
        """
        self._store.set_time(datetime.fromtimestamp(now, UTC).replace(tzinfo=None))
        ours, *others = [crypto.X509.from_cryptography(each) for each in chain]
        context = crypto.X509StoreContext(self._store, ours, [*others, *self._between])
        try:
            context.verify_certificate()
        except crypto.X509StoreContextError as error:
            dates = {_EXPIRED, _NOT_YET}
            result = Result.NOT_VALID_NOW if error.errors[0] in dates else Result.NOT_TRUSTED
            raise UnprovenError(result, str(error)) from error
        except crypto.Error as error:
            raise UnprovenError(Result.NOT_TRUSTED, str(error)) from error

    def check_number(self, chain: Chain, number: str) -> ec.EllipticCurvePublicKey:
        """The key of a certificate that may speak for a number.

        Raises:
            UnprovenError: It may not.
        """
        if not self.numbers_of(chain).covers(number):
            raise UnprovenError(Result.NOT_FOR_NUMBER, number)
        try:
            key = chain[0].public_key()
        except (ValueError, UnsupportedAlgorithm) as error:
            raise UnprovenError(Result.NO_CERTIFICATE, "an unknown key") from error
        if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(
            key.curve, ec.SECP256R1
        ):
            raise UnprovenError(Result.NO_CERTIFICATE, "the key is not of the curve P-256")
        return key

    @staticmethod
    def numbers_of(chain: Chain) -> AuthorizedNumbers:
        """For which numbers a certificate may speak.

        Raises:
            UnprovenError: For none.
        """
        try:
            extension = chain[0].extensions.get_extension_for_oid(x509.ObjectIdentifier(OID)).value
            der = extension.value if isinstance(extension, x509.UnrecognizedExtension) else b""
            return parse_authorized_numbers(der)
        except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError) as error:
            raise UnprovenError(Result.NOT_FOR_NUMBERS, str(error)) from error


def _certificates(paths: Iterable[str]) -> Iterator[crypto.X509]:
    for pem in _pems(paths, b"CERTIFICATE"):
        try:
            yield crypto.X509.from_cryptography(x509.load_pem_x509_certificate(pem))
        except ValueError as error:
            logger.error("stir_shaken.conf: a certificate: %s", error)  # noqa: TRY400  # known


def _pems(paths: Iterable[str], kind: bytes) -> Iterator[bytes]:
    """All blocks of a kind in files, and in all files of folders."""
    begin, end = b"-----BEGIN %b-----" % kind, b"-----END %b-----" % kind
    for path in map(Path, paths):
        try:
            files = sorted(path.iterdir())[:MAX_FILES] if path.is_dir() else [path]
            texts = [each.read_bytes() for each in files if each.is_file() or each == path]
        except OSError as error:
            logger.error("stir_shaken.conf: %s: %s", path, error.strerror)  # noqa: TRY400  # known
            continue
        for text in texts:
            for block in text.split(begin)[1:]:
                yield begin + block.partition(end)[0] + end + b"\n"
