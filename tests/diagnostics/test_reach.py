"""Names, connections, certificates and proxies, as this machine meets them."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tiktok_bridge_diagnostics import beside, reach

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DAYS = dt.timedelta(days=1)


def certificate(
    folder: Path, issuer: str, host: str, begins: int = -10, ends: int = 30
) -> Path:
    """Write a certificate that signs itself, and its key, into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, issuer)])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + begins * DAYS)
        .not_valid_after(now + ends * DAYS + dt.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    kind = serialization.PrivateFormat.PKCS8
    path = folder / f"{host}{begins}{ends}.pem"
    path.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, kind, plain))
    return path


@contextmanager
def tls_server(path: Path, most: ssl.TLSVersion | None = None) -> Iterator[int]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    if most:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = most
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    sock, _ = server.accept()
                    with suppress(OSError), context.wrap_socket(sock, server_side=True):
                        pass

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def looked(path: Path, port: int, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    context = httpx.create_ssl_context()
    return reach.connection("localhost", port, context, time.time())


def test_a_good_certificate_is_described(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "Honest CA", "localhost")
    with tls_server(path) as port:
        assert looked(path, port, monkeypatch) == {
            "status": "ok",
            "is_tls": True,
            "version": "TLSv1.3",
            "days_left": 30,
            "is_intercepted": False,
        }


@pytest.mark.parametrize(
    ("host", "begins", "ends", "fault"),
    [
        ("elsewhere.example", -10, 30, "name"),
        ("localhost", -10, -2, "expired"),
        ("localhost", 2, 30, "not-yet-valid"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_told(  # noqa: PLR0913 - a table
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    host: str,
    begins: int,
    ends: int,
    fault: str,
) -> None:
    path = certificate(tmp_path, "Honest CA", host, begins, ends)
    with tls_server(path) as port:
        seen = looked(path, port, monkeypatch)

    assert (seen["status"], seen["fault"]) == ("certificate", fault)


def test_whoever_opens_tls_on_the_way_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "Zscaler Inc.", "localhost")
    other = certificate(tmp_path, "Honest CA", "other")
    with tls_server(path) as port:
        trusted = looked(path, port, monkeypatch)
        untrusted = looked(other, port, monkeypatch)
        anyway = reach.unverified("localhost", port, time.time())

    assert (trusted["status"], trusted["is_intercepted"]) == ("ok", True)
    assert (untrusted["status"], untrusted["fault"]) == ("certificate", "untrusted")
    assert anyway == {"days_left": 30, "is_intercepted": True}


def test_who_speaks_no_tls_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            sock, _ = server.accept()
            with sock:
                sock.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")

        threading.Thread(target=serve, daemon=True).start()
        port = server.getsockname()[1]
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        context = httpx.create_ssl_context()
        seen = reach.connection("localhost", port, context, time.time())

    assert seen["status"] == "tls"


def test_plain_connections_refusals_and_unknown_hosts_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        plain = reach.connection("127.0.0.1", port, None, 0.0)
    refused = reach.connection("127.0.0.1", port, None, 0.0)

    def absent(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", absent)
    unknown = reach.connection("nowhere.invalid", port, None, 0.0)

    assert plain == {"status": "ok", "is_tls": False}
    assert refused == {"status": "refused", "is_tls": False}
    assert unknown == {"status": "dns", "is_tls": False}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "proxy"),
        (b"this is no proxy\r\n\r\n", "proxy"),
        (b"HTTP/1.1 200 Connection established\r\n\r\n", "tls"),
    ],
)
def test_tls_goes_through_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, status: str
) -> None:
    asked: list[bytes] = []
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def serve() -> None:
            sock, _ = server.accept()
            with sock:
                asked.append(sock.recv(9999))
                sock.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        proxy = f"http://user:p%40ss@127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        context = httpx.create_ssl_context()
        seen = reach.connection("tiktok.invalid", 443, context, 0.0)

    assert seen["status"] == status
    assert asked[0].startswith(b"CONNECT tiktok.invalid:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic dXNlcjpwQHNz" in asked[0]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (["1.1.1.1", "1.1.1.1"], {"status": "ok", "count": 1, "public": 1}),
        (["1.1.1.1", "10.0.0.1"], {"status": "ok", "public": 1, "private": 1}),
        (["fe80::1%eth0"], {"status": "ok", "public": 0, "private": 1}),
        (socket.gaierror(socket.EAI_NONAME, "x"), {"status": "not-found", "count": 0}),
        (socket.gaierror(socket.EAI_AGAIN, "x"), {"status": "failed", "count": 0}),
        (OSError("x"), {"status": "failed"}),
    ],
)
def test_addresses_are_counted(
    monkeypatch: pytest.MonkeyPatch,
    found: list[str] | OSError,
    expected: dict[str, object],
) -> None:
    def answer(*_: object, **__: object) -> list[tuple[object, ...]]:
        if isinstance(found, OSError):
            raise found
        return [(2, 1, 6, "", (one, 0)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    seen = reach.addresses("open.tiktokapis.com")

    assert seen == seen | expected
    assert (seen["is_literal"], seen["is_loopback"]) == (False, False)


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", (True, True)),
        ("localhost", (False, True)),
        ("10.1.2.3", (True, False)),
    ],
)
def test_an_address_is_told_from_a_name(host: str, expected: tuple[bool, bool]) -> None:
    seen = reach.addresses(host)

    assert (seen["is_literal"], seen["is_loopback"]) == expected


def test_works_are_done_side_by_side_and_in_order() -> None:
    both = threading.Barrier(2, timeout=5)

    def first() -> str:
        both.wait()
        return "first"

    def second() -> str:
        both.wait()
        return "second"

    assert list(beside.run([first, second], 5.0)) == ["first", "second"]


def test_a_work_that_is_late_leaves_a_gap() -> None:
    stop = threading.Event()

    assert list(beside.run([lambda: stop.wait(9), lambda: True], 0.05)) == [None, True]
    stop.set()


def test_what_a_work_raises_is_raised() -> None:
    def fail() -> None:
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        list(beside.run([fail], 5.0))
