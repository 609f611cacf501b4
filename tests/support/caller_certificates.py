"""Certificates that vouch for telephone numbers, and who signs them (RFC 8226)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

OID = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.26")


def element(tag: int, content: bytes) -> bytes:
    """One element of DER; at most 65,535 octets."""
    size = len(content)
    length = bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2)
    return bytes([tag]) + length + content


def provider(code: str) -> bytes:
    """A TNAuthList of one provider."""
    return element(0x30, element(0xA0, element(0x16, code.encode())))


def number(digits: str) -> bytes:
    """A TNAuthList of one number."""
    return element(0x30, element(0xA2, element(0x16, digits.encode())))


def number_range(first: str, count: int) -> bytes:
    """A TNAuthList of numbers in a row."""
    inner = element(0x16, first.encode()) + element(0x02, count.to_bytes(4))
    return element(0x30, element(0xA1, element(0x30, inner)))


class CallerAuthority:
    """Signs certificates of callers.

    Args:
        folder: Where everything is written.
        name: Of the authority; its certificate is ``<name>.pem``.
        above: Who signs its certificate; None: itself.
    """

    def __init__(
        self, folder: Path, name: str = "sti-ca", above: CallerAuthority | None = None
    ) -> None:
        self.folder = folder
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = ec.generate_private_key(ec.SECP256R1())
        issuer, key = (above.name, above.key) if above is not None else (self.name, self.key)
        self.certificate = (
            builder(self.name, issuer, self.key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(pem(self.certificate))

    def issue(
        self,
        key: ec.EllipticCurvePrivateKey,
        numbers: bytes | None,
        *,
        began: timedelta = timedelta(days=-1),
        ends: timedelta = timedelta(days=30),
    ) -> x509.Certificate:
        """A certificate for a key; ``numbers`` is its TNAuthList, None: it has none."""
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "SHAKEN 1234")])
        made = builder(subject, self.name, key.public_key(), began, ends)
        if numbers is not None:
            made = made.add_extension(x509.UnrecognizedExtension(OID, numbers), critical=False)
        return made.sign(self.key, hashes.SHA256())

    def revoke(self, *certificates: x509.Certificate) -> Path:
        """Write a list of revoked certificates; returns the file."""
        now = datetime.now(UTC)
        made = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.name)
            .last_update(now - timedelta(days=1))
            .next_update(now + timedelta(days=1))
        )
        for each in certificates:
            revoked = x509.RevokedCertificateBuilder().serial_number(each.serial_number)
            made = made.add_revoked_certificate(revoked.revocation_date(now).build())
        file = self.folder / "revoked.pem"
        file.write_bytes(
            made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        )
        return file


def builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePublicKey,
    began: timedelta = timedelta(days=-1),
    ends: timedelta = timedelta(days=30),
) -> x509.CertificateBuilder:
    """What certificates have in common."""
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + began)
        .not_valid_after(now + ends)
    )


def pem(*certificates: x509.Certificate) -> bytes:
    """Certificates as a document."""
    return b"".join(each.public_bytes(serialization.Encoding.PEM) for each in certificates)


def write_key(folder: Path, key: ec.EllipticCurvePrivateKey, name: str = "key.pem") -> Path:
    """Write a private key; returns the file."""
    file = folder / name
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file
