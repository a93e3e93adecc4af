"""TLS: who the server is has to be proven, and who asks if the server wants it."""

from __future__ import annotations

import datetime as dt
import ipaddress
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from tests.contracts.redis_cells import USES, open_store
from tests.redis_server import running
from tiktok_bridge import BridgeError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.redis_server import Server


class Authority:
    """Sign certificates that are worth something to whoever trusts it."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        authority = x509.BasicConstraints(ca=True, path_length=None)
        certificate = self._builder(self._name, self._key).add_extension(
            authority, critical=True
        )
        self.file = folder / f"{name}.pem"
        self._write(self.file, certificate)

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return the files of a certificate for *name*, and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        try:
            names: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            names = x509.DNSName(name)
        certificate = self._builder(subject, key).add_extension(
            x509.SubjectAlternativeName([names]), critical=False
        )
        stem = f"{self.file.stem}-{name}"
        files = self._folder / f"{stem}.crt", self._folder / f"{stem}.key"
        self._write(files[0], certificate)
        files[1].write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        return files

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(hours=1))
            .not_valid_after(now + dt.timedelta(hours=1))
        )

    def _write(self, file: Path, certificate: x509.CertificateBuilder) -> None:
        signed = certificate.sign(self._key, hashes.SHA256())
        file.write_bytes(signed.public_bytes(Encoding.PEM))


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"), "authority")


@pytest.fixture(scope="module")
def server(redis_program: str, authority: Authority) -> Iterator[Server]:
    with running(*tls(authority, "127.0.0.1", "no"), program=redis_program) as server:
        yield server


def tls(authority: Authority, name: str, clients: str) -> tuple[str | Path, ...]:
    """Return the options of a server that speaks TLS alone."""
    certificate, key = authority.issue(name)
    return (
        *("--tls-cert-file", certificate, "--tls-key-file", key),
        *("--tls-ca-cert-file", authority.file, "--tls-auth-clients", clients),
    )


def url(server: Server, query: str) -> str:
    return server.url(f"timeout=2&{query}", scheme="rediss")


@pytest.mark.parametrize("use", set(USES) - {"read"})
def test_everything_goes_over_tls(
    server: Server, authority: Authority, use: str
) -> None:
    USES[use](url(server, f"ssl_ca_certs={authority.file}"))


def test_a_server_that_nobody_vouches_for_is_refused(
    server: Server, authority: Authority, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "authority")
    for query in ("", f"ssl_ca_certs={stranger.file}"):
        with pytest.raises(BridgeError, match="its certificate is refused") as refusal:
            open_store(url(server, query)).load("acme")

        assert not refusal.value.retryable
        assert "ssl_ca_certs" in str(refusal.value.hint)
    assert authority.file.exists()


def test_a_certificate_of_another_name_is_refused(
    redis_program: str, authority: Authority
) -> None:
    options = tls(authority, "other.example.com", "no")
    with (
        running(*options, program=redis_program) as server,
        pytest.raises(BridgeError, match="IP address mismatch") as refusal,
    ):
        open_store(url(server, f"ssl_ca_certs={authority.file}")).load("acme")

    assert not refusal.value.retryable


def test_who_asks_can_be_proven_too(redis_program: str, authority: Authority) -> None:
    options = tls(authority, "127.0.0.1", "yes")
    certificate, key = authority.issue("client")
    query = f"ssl_ca_certs={authority.file}"
    proof = f"{query}&ssl_certfile={certificate}&ssl_keyfile={key}"
    with running(*options, program=redis_program) as server:
        open_store(url(server, proof)).save("acme", b"record")

        with pytest.raises(BridgeError, match="cannot load the account 'acme' at"):
            open_store(url(server, query)).load("acme")


def test_a_server_that_speaks_no_tls_is_given_up(empty_redis: Server) -> None:
    with pytest.raises(BridgeError, match=r"rediss://127\.0\.0\.1"):
        open_store(url(empty_redis, "")).load("acme")
