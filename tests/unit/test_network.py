"""Bytes go out and come back whole over real sockets, or there is a NetworkError."""

from __future__ import annotations

import datetime as dt
import gc
import ipaddress
import select
import socket
import socketserver
import ssl
import threading
from contextlib import closing, suppress
from http.client import parse_headers
from typing import TYPE_CHECKING, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tiktok_bridge import NetworkError
from tiktok_bridge.tiktok.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

LIMIT: Final = 20
"""Seconds after which a server gives up, so that a failure never hangs."""


class Server(socketserver.ThreadingTCPServer):
    """Serve each connection on loopback with *talk*, and keep what arrived."""

    def __init__(
        self,
        talk: Callable[[socket.socket, Server], None],
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.connections = 0
        self.bodies: list[bytes] = []
        self.lines: list[str] = []
        self.versions: list[str | None] = []
        self.broken = threading.Event()
        self.ended = threading.Semaphore(0)
        super().__init__(("127.0.0.1", 0), self._serve)  # type: ignore[arg-type] # any callable serves
        self._talk = talk
        self._context = context
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def url(self, host: str = "127.0.0.1") -> str:
        return f"{'https' if self._context else 'http'}://{host}:{self.port}/there?a=b"

    def __enter__(self) -> Server:  # noqa: PYI034 - nothing inherits from it
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()  # joins the thread of every connection

    def handle_error(self, *_: object) -> None:
        self.broken.set()

    def _serve(self, connection: socket.socket, *_: object) -> None:
        self.connections += 1
        connection.settimeout(LIMIT)
        if self._context:
            connection = self._context.wrap_socket(connection, server_side=True)
            self.versions.append(connection.version())
        with connection:
            self._talk(connection, self)
        self.ended.release()


def take(connection: socket.socket, server: Server) -> bool:
    """Take one request with its body; False at the end of the connection."""
    with connection.makefile("rb") as file:
        line = file.readline()
        if line:
            headers = parse_headers(file)
            server.lines.append(line.decode().strip())
            server.bodies.append(file.read(int(headers.get("content-length", "0"))))
    return bool(line)


def replies(body: bytes = b"ok") -> Callable[[socket.socket, Server], None]:
    """Answer every request with *body*."""

    def talk(connection: socket.socket, server: Server) -> None:
        while take(connection, server):
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
            connection.sendall(head + body)

    return talk


def breaks_off(
    answer: bytes, *, notified: bool = False
) -> Callable[[socket.socket, Server], None]:
    """Send *answer* and close, with TLS's own farewell if *notified*."""

    def talk(connection: socket.socket, server: Server) -> None:
        take(connection, server)
        connection.sendall(answer)
        if notified:
            assert isinstance(connection, ssl.SSLSocket)
            with suppress(OSError):
                connection.unwrap()

    return talk


def stops_reading(connection: socket.socket, server: Server) -> None:
    """Take the beginning of a request, and close."""
    server.bodies.append(connection.recv(65_536))


def proxy(connection: socket.socket, server: Server) -> None:
    """Tunnel what says CONNECT; answer the rest as the proxy itself."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65_536)
    line = head.partition(b"\r\n")[0].decode()
    server.lines.append(line)
    method, target, _ = line.split()
    if method != "CONNECT":
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy")
        return
    host, _, port = target.rpartition(":")
    with socket.create_connection((host, int(port)), LIMIT) as beyond:
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        other = {connection: beyond, beyond: connection}
        while True:
            for source in select.select([*other], [], [], LIMIT)[0]:
                if not (data := source.recv(65_536)):
                    return
                other[source].sendall(data)


def certified(folder: Path, name: str) -> Path:
    """Return a file with a certificate for *name*, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    names: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name))
        if name[0].isdigit()
        else x509.DNSName(name)
    )
    now = dt.datetime.now(dt.UTC)
    day = dt.timedelta(days=1)
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - day)
        .not_valid_after(now + day)
        .add_extension(x509.SubjectAlternativeName([names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage),
            critical=True,
        )
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{name}-{certificate.serial_number}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path


def context_of(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certified(tmp_path_factory.mktemp("tls"), "127.0.0.1")


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    return context_of(certificate)


@pytest.fixture(autouse=True)
def _alone(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Trust the certificate, know no proxy, and leave no socket behind."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield
    gc.collect()  # a socket that nobody closed is a warning now


def get(url: str, times: int = 1) -> bytes:
    """Return the body of the last answer."""
    with closing(Wire()) as wire:
        for _ in range(times):
            body = wire.send("GET", url, headers={}).body
    return body


def put(url: str, pieces: list[bytes | memoryview], size: int) -> bytes:
    headers = {"Content-Length": str(size)}
    with closing(Wire()) as wire:
        return wire.send("PUT", url, headers=headers, content=pieces).body


def cut(whole: bytes, *sizes: int) -> list[bytes | memoryview]:
    """Return *whole* in pieces of *sizes* in turn; every second one is a view."""
    pieces: list[bytes | memoryview] = []
    start = 0
    while start < len(whole):
        stop = start + sizes[len(pieces) % len(sizes)]
        piece = whole[start:stop]
        pieces.append(memoryview(bytearray(piece)) if len(pieces) % 2 else piece)
        start = stop
    return pieces


def noise(size: int) -> bytes:
    """Return bytes of which no two places are alike."""
    return b"".join(number.to_bytes(4, "big") for number in range(size // 4 + 1))[:size]


@pytest.mark.parametrize(
    "sizes",
    [
        (8_388_617,),
        (1_048_576, 1_048_577),
        (250_000, 249_999, 250_001),
        (1, 16_384, 16_385, 65_537, 3),
    ],
)
@pytest.mark.parametrize("encrypted", [True, False])
def test_a_body_of_several_mib_arrives_byte_for_byte(
    sizes: tuple[int, ...], tls: ssl.SSLContext, *, encrypted: bool
) -> None:
    whole = noise(8_388_617)

    with Server(replies(), tls if encrypted else None) as server:
        assert put(server.url(), cut(whole, *sizes), len(whole)) == b"ok"

    assert server.bodies == [whole]


def test_pieces_may_share_one_buffer(tls: ssl.SSLContext) -> None:
    buffer = bytearray(300_001)

    def pieces() -> Iterator[memoryview]:
        for number in range(10):
            buffer[:] = bytes([number]) * len(buffer)
            yield memoryview(buffer)

    with Server(replies(), tls) as server, closing(Wire()) as wire:
        headers = {"Content-Length": str(10 * len(buffer))}
        wire.send("PUT", server.url(), headers=headers, content=pieces())

    expected = b"".join(bytes([number]) * len(buffer) for number in range(10))
    assert server.bodies == [expected]


@pytest.mark.parametrize("encrypted", [True, False])
def test_an_answer_larger_than_one_record_arrives_whole(
    tls: ssl.SSLContext, *, encrypted: bool
) -> None:
    body = noise(1_000_003)

    with Server(replies(body), tls if encrypted else None) as server:
        assert get(server.url()) == body


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_second_request_takes_the_same_connection(
    tls: ssl.SSLContext, *, encrypted: bool
) -> None:
    with Server(replies(noise(50_000)), tls if encrypted else None) as server:
        get(server.url(), times=2)

    assert server.lines == ["GET /there?a=b HTTP/1.1"] * 2
    assert server.connections == 1


def test_a_connection_that_the_server_closed_meanwhile_is_not_taken_again(
    tls: ssl.SSLContext,
) -> None:
    talk = breaks_off(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    with Server(talk, tls) as server, closing(Wire()) as wire:
        wire.send("GET", server.url(), headers={})
        server.ended.acquire(timeout=LIMIT)
        reply = wire.send("GET", server.url(), headers={})

    assert reply.body == b"ok"
    assert server.connections == 2


@pytest.mark.parametrize(
    ("version", "name"),
    [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")],
)
def test_both_versions_of_tls_are_spoken(
    version: ssl.TLSVersion, name: str, tls: ssl.SSLContext
) -> None:
    tls.minimum_version = tls.maximum_version = version
    whole = noise(1_000_001)

    with Server(replies(), tls) as server:
        assert put(server.url(), cut(whole, 65_537), len(whole)) == b"ok"

    assert server.versions == [name]
    assert server.bodies == [whole]


def test_an_older_version_of_tls_is_refused_with_nothing_sent(
    tls: ssl.SSLContext,
) -> None:
    with pytest.warns(DeprecationWarning, match="TLSv1_1 is deprecated"):
        tls.minimum_version = tls.maximum_version = ssl.TLSVersion.TLSv1_1
    with Server(replies(), tls) as server, pytest.raises(NetworkError):
        get(server.url())

    assert (server.connections, server.lines) == (1, [])


def test_a_certificate_that_nobody_trusts_gets_nothing(tmp_path: Path) -> None:
    stranger = context_of(certified(tmp_path, "127.0.0.1"))
    with (
        Server(replies(), stranger) as server,
        pytest.raises(NetworkError, match=r"answer from 127.*self-signed certificate"),
    ):
        get(server.url())

    assert server.broken.is_set(), "the handshake did not end"
    assert (server.connections, server.lines) == (1, [])


def test_a_certificate_for_another_host_gets_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = certified(tmp_path, "other.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    with (
        Server(replies(), context_of(other)) as server,
        pytest.raises(NetworkError, match=r"answer from 127\.0\.0\.1 .*not valid for"),
    ):
        get(server.url())

    assert server.broken.is_set(), "the handshake did not end"
    assert (server.connections, server.lines) == (1, [])


def test_a_name_is_looked_up_and_held_against_the_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = certified(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(local))

    with Server(replies(), context_of(local)) as server:
        assert get(server.url("localhost")) == b"ok"


@pytest.mark.parametrize("encrypted", [True, False])
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 20",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n12345678",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n1234",
    ],
)
def test_an_answer_that_breaks_off_is_no_answer(
    answer: bytes, tls: ssl.SSLContext, *, encrypted: bool
) -> None:
    with (
        Server(breaks_off(answer), tls if encrypted else None) as server,
        pytest.raises(
            NetworkError,
            match=r"answer from 127\.0\.0\.1 to .*: .",
        ),
    ):
        get(server.url())


def test_without_a_length_only_the_farewell_of_tls_ends_an_answer(
    tls: ssl.SSLContext,
) -> None:
    answer = b"HTTP/1.1 200 OK\r\n\r\n12345"

    with Server(breaks_off(answer, notified=True), tls) as server:
        assert get(server.url()) == b"12345"
    with Server(breaks_off(answer), tls) as server, pytest.raises(NetworkError):
        get(server.url())


@pytest.mark.parametrize("encrypted", [True, False])
def test_a_server_that_closes_in_the_middle_of_an_upload_is_no_answer(
    tls: ssl.SSLContext, *, encrypted: bool
) -> None:
    whole = noise(8_000_000)
    with (
        Server(stops_reading, tls if encrypted else None) as server,
        pytest.raises(
            NetworkError,
            match=r"answer from 127\.0\.0\.1 to .*: .",
        ),
    ):
        put(server.url(), cut(whole, 1_000_000), len(whole))

    assert server.connections == 1


def test_a_server_that_closes_in_the_middle_of_the_handshake_is_no_answer() -> None:
    with (
        Server(stops_reading) as server,
        pytest.raises(NetworkError, match=r"127\.0\.0\.1 to "),
    ):
        get(server.url().replace("http:", "https:"))

    assert server.bodies[0].startswith(b"\x16\x03"), "a client's hello"


def test_an_answer_in_plain_text_to_a_handshake_is_no_answer() -> None:
    def talk(connection: socket.socket, server: Server) -> None:
        stops_reading(connection, server)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with (
        Server(talk) as server,
        pytest.raises(NetworkError, match=r"127\.0\.0\.1 to "),
    ):
        get(server.url().replace("http:", "https:"))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_connection_that_is_refused_is_an_error_that_names_the_host(
    scheme: str,
) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        port = listener.getsockname()[1]

    with pytest.raises(
        NetworkError,
        match=r"answer from 127\.0\.0\.1 to .*: .*refused",
    ):
        get(f"{scheme}://127.0.0.1:{port}/")


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy"])
@pytest.mark.parametrize("scheme", ["http://", ""])
def test_https_goes_through_the_proxy_of_the_environment(
    name: str, scheme: str, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = noise(2_000_003)
    with Server(replies(), tls) as server, Server(proxy) as tunnel:
        monkeypatch.setenv(name, f"{scheme}127.0.0.1:{tunnel.port}")

        assert put(server.url(), cut(whole, 65_537), len(whole)) == b"ok"

    assert tunnel.lines == [f"CONNECT 127.0.0.1:{server.port} HTTP/1.1"]
    assert server.bodies == [whole]


def test_the_tunnel_through_a_proxy_is_taken_again(
    tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(replies(), tls) as server, Server(proxy) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{tunnel.port}")
        get(server.url(), times=2)

    assert (tunnel.connections, server.connections) == (1, 1)
    assert len(server.lines) == 2


def test_a_certificate_that_nobody_trusts_gets_nothing_through_a_proxy_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = context_of(certified(tmp_path, "127.0.0.1"))
    with Server(replies(), stranger) as server, Server(proxy) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{tunnel.port}")
        with pytest.raises(NetworkError, match="self-signed certificate"):
            get(server.url())

    assert (tunnel.connections, server.lines) == (1, [])


def test_plain_http_goes_through_its_own_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Server(proxy) as relay:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{relay.port}")

        assert get("http://a.example/there") == b"proxy"

    assert relay.lines == ["GET http://a.example/there HTTP/1.1"]


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize("value", ["127.0.0.1", "a.example,127.0.0.1", "*"])
def test_no_proxy_is_asked_for_a_host_that_no_proxy_names(
    name: str, value: str, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(replies(), tls) as server, Server(proxy) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{tunnel.port}")
        monkeypatch.setenv(name, value)

        assert get(server.url()) == b"ok"

    assert (tunnel.connections, server.connections) == (0, 1)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"],
)
def test_a_proxy_that_refuses_is_no_answer(
    answer: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Server(breaks_off(answer)) as tunnel:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{tunnel.port}")
        with pytest.raises(NetworkError, match=r"no answer from a\.example to .*: \w"):
            get("https://a.example/")

    assert tunnel.lines == ["CONNECT a.example:443 HTTP/1.1"]
