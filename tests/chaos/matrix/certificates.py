"""Make a certificate authority, and certificates that are good, old, foreign, wrong."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.chaos.matrix.internet import NAME

if TYPE_CHECKING:
    from pathlib import Path

DAY: Final = dt.timedelta(days=1)


class Authority:
    """One that signs certificates for whatever name it is asked."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = dt.datetime.now(dt.UTC)
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        usage = dict.fromkeys(USAGES, False) | {"key_cert_sign": True}
        is_one = x509.BasicConstraints(ca=True, path_length=None)
        self.certificate = (
            self._builder(self._name, self._key, now - DAY, now + DAY)
            .add_extension(is_one, critical=True)
            .add_extension(x509.KeyUsage(**usage), critical=True)
            .add_extension(identifier, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        self._identifier = identifier

    def issue(self, host: str, until: dt.timedelta = DAY) -> bytes:
        """Return a key, and a certificate for *host* that ends in *until*, as PEM."""
        key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = x509.SubjectAlternativeName([x509.DNSName(host)])
        is_none = x509.BasicConstraints(ca=False, path_length=None)
        certificate = (
            self._builder(subject, key, now - 3 * DAY, now + until)
            .add_extension(names, critical=False)
            .add_extension(is_none, critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                    self._identifier
                ),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )
        return _pem(key) + certificate.public_bytes(serialization.Encoding.PEM)

    def _builder(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        begin: dt.datetime,
        end: dt.datetime,
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begin)
            .not_valid_after(end)
        )


USAGES: Final = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


def write(folder: Path) -> Path:
    """Write one of each kind into *folder*."""
    known, foreign = Authority("Trusted"), Authority("Somebody")
    certificate = known.certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(certificate)
    (folder / "good.pem").write_bytes(known.issue(NAME))
    (folder / "expired.pem").write_bytes(known.issue(NAME, until=-DAY))
    (folder / "other.pem").write_bytes(known.issue("router.lan"))
    (folder / "foreign.pem").write_bytes(foreign.issue(NAME))
    return folder


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
