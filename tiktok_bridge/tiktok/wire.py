"""Send one request and bring back its reply, or say that none came."""

from __future__ import annotations

import logging
import re
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import unquote_to_bytes
from urllib.request import getproxies, proxy_bypass

import h11
import httpcore
import httpx

from tiktok_bridge.errors import ConfigError, NetworkError
from tiktok_bridge.redaction.redaction import Redaction
from tiktok_bridge.tiktok import silence
from tiktok_bridge.tiktok.network import MAX_PORT, Backend, ssl_context

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping

log = logging.getLogger(__name__)

MAX_REPLY: Final = 1024 * 1024
"""Largest answer that is read, in bytes."""

TIMEOUT: Final = {"connect": 15.0, "read": 60.0, "write": 60.0, "pool": 15.0}
"""Seconds without progress after which a request is given up."""

FAILURES: Final = (
    OSError,
    h11.LocalProtocolError,
    httpx.RequestError,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
"""Everything that a transport raises when there is no answer, or half of one."""

UNSENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.PoolTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""Those of them that come before anything of the request has left."""

TRANSCRIPTS: Final = {
    h11.LocalProtocolError: "the request cannot be sent",
    httpcore.LocalProtocolError: "the request cannot be sent",
    httpx.LocalProtocolError: "the request cannot be sent",
    httpcore.RemoteProtocolError: "it does not speak HTTP, or broke off",
    httpx.RemoteProtocolError: "it does not speak HTTP, or broke off",
    httpcore.ProxyError: "the proxy refused",
    httpx.ProxyError: "the proxy refused",
    httpx.DecodingError: "it cannot be decompressed",
}
"""Errors whose texts quote what was sent or came, and what is said instead."""

LOG_ID: Final = re.compile(r"[0-9A-F]{30,40}")
"""What a log id looks like in every recording; anything else is not logged, since it
might be a secret that somebody repeats."""

HEADER: Final = re.compile(r"[!-~](?:[ -~]*[!-~])?")
"""What a header can hold."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: status, headers (names in lower case) and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Wire:
    """Send requests through a transport; never redirects, never logs a URL.

    httpx's client would log every URL, and an upload URL is a secret; so the
    transport is called directly.

    Attributes:
        redaction: Hides what was sent, and what came back, as a secret.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport | None = None,
        redaction: Redaction | None = None,
    ) -> None:
        self.redaction = redaction or Redaction()
        for proxy in getproxies().values():
            self.redaction.add_url(proxy, keep=True)
        self._transport = transport or Transport()
        self._is_closed = False

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        content: bytes | Iterable[bytes | memoryview] = b"",
    ) -> Reply:
        """Send one request and return its reply, whatever the status.

        Raises:
            ConfigError: The address or a header cannot be sent; nothing was.
            NetworkError: No complete reply came; the request may have arrived.
        """
        if self._is_closed:
            raise ConfigError("the client is closed; open another one")
        self.redaction.add_url(url)
        request = _request(method, url, headers, content)
        with silence.kept():
            reply = self._exchange(request)
        log_id = reply.headers.get("x-tt-logid", "")
        shown = log_id if LOG_ID.fullmatch(log_id) else None
        log.info("%s: HTTP %d, log id %s", _named(request), reply.status, shown)
        return reply

    def _exchange(self, request: httpx.Request) -> Reply:
        failure, cause, response = None, None, None
        try:
            response = self._transport.handle_request(request)
            body = _body(response)
        except FAILURES as error:
            failure = _failure(request, response, error)
            cause = None if _transcript(error) else error
        finally:
            if response is not None:
                response.close()
        if failure:  # raised here, so that no text of another error hangs on it
            raise failure from cause
        assert response is not None  # noqa: S101 - or there was a failure
        return Reply(response.status_code, dict(response.headers), body)

    def interrupt(self) -> None:
        """End what is under way with a NetworkError; more may be sent afterwards."""
        if isinstance(self._transport, Transport):
            self._transport.interrupt()

    def close(self) -> None:
        """Close every connection; what is under way ends with a NetworkError."""
        self._is_closed = True
        self._transport.close()


class Transport(httpx.BaseTransport):
    """Pool connections on our network backend; heed proxies and CA bundles.

    `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured.
    """

    def __init__(self) -> None:
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}
        self._proxies = getproxies()
        self._is_direct: dict[str, bool] = {}
        self._opening = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport.handle_request`."""
        url = request.url
        response = self._pool(url).handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme,
                    host=url.raw_host,
                    port=url.port,
                    target=url.raw_path,
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def interrupt(self) -> None:
        """Close every connection, and wake the threads that wait for an answer."""
        for pool in list(self._pools.values()):
            pool.close()

    def close(self) -> None:
        """Close every pool."""
        self.interrupt()

    @cached_property
    def _ssl(self) -> ssl.SSLContext:
        return ssl_context()

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        host = url.raw_host.decode("ascii")
        if host not in self._is_direct:  # to read the environment takes long
            self._is_direct[host] = bool(proxy_bypass(host))
        direct = self._is_direct[host]
        proxy = None if direct else self._proxies.get(url.scheme)
        with self._opening:
            if proxy not in self._pools:
                self._pools[proxy] = self._open(proxy)
            return self._pools[proxy]

    def _open(self, proxy: str | None) -> httpcore.ConnectionPool:
        backend = Backend()
        if proxy:
            url, auth = _proxy(proxy)
            return httpcore.HTTPProxy(
                url,
                proxy_auth=auth,
                ssl_context=self._ssl,
                network_backend=backend,
                max_connections=None,
            )
        return httpcore.ConnectionPool(
            ssl_context=self._ssl,
            keepalive_expiry=30.0,
            network_backend=backend,
            max_connections=None,  # as many as there are threads that send
        )


def _proxy(given: str) -> tuple[str, tuple[bytes, bytes] | None]:
    """Return the address of a proxy, and its user and password if it names them."""
    try:
        url = httpx.URL(given if "://" in given else f"http://{given}")
        fits = url.scheme == "http" and url.raw_host and (url.port or 80) <= MAX_PORT
    except (httpx.InvalidURL, UnicodeError):
        url, fits = httpx.URL(), False
    if not fits:
        raise ConfigError(
            f"a proxy like {url.scheme or 'this'}: cannot be used",
            hint="name an http://host:port proxy in the environment",
        )
    user, _, password = url.userinfo.partition(b":")
    auth = (unquote_to_bytes(user), unquote_to_bytes(password)) if user else None
    return str(url.copy_with(userinfo=b"")), auth


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def _request(
    method: str,
    url: str,
    headers: Mapping[str, str],
    content: bytes | Iterable[bytes | memoryview],
) -> httpx.Request:
    if not all(HEADER.fullmatch(value) for value in headers.values()):
        raise ConfigError("a header cannot be sent: it is no printable ASCII")
    request = None
    with suppress(httpx.InvalidURL, UnicodeError):
        request = httpx.Request(
            method,
            url,
            headers=headers,
            content=content,  # type: ignore[arg-type] # httpx passes buffers through
            extensions={"timeout": TIMEOUT},
        )
    if request is None:  # raised here, so that no text of another error hangs on it
        raise ConfigError("the address of a request cannot be used")
    return request


def _body(response: httpx.Response) -> bytes:
    """Return the body, which must not be larger than MAX_REPLY once it is unpacked."""
    if response.is_stream_consumed:  # a transport that answers from memory
        return _capped(response.content)
    raw = bytearray()
    for piece in response.iter_raw():
        raw += piece
        _capped(raw)
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("identity", ""):
        return bytes(raw)
    if encoding not in ("gzip", "deflate"):
        raise httpx.DecodingError("an encoding that nobody asked for")
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(
            bytes(raw), MAX_REPLY + 1
        )
    except zlib.error:
        raise httpx.DecodingError("no such encoding") from None
    return _capped(unpacked)


Buffer = TypeVar("Buffer", bytes, bytearray)


def _capped(body: Buffer) -> Buffer:
    if len(body) > MAX_REPLY:
        raise httpx.ReadError("the answer does not end")
    return body


def _failure(
    request: httpx.Request, response: httpx.Response | None, error: Exception
) -> NetworkError:
    reason = _transcript(error) or str(error) or type(error).__name__
    if response is None:
        return NetworkError(
            f"no answer from {_named(request)}: {reason}",
            hint="check the network, the proxy and `api.base_url`, then run it again",
            may_have_arrived=not isinstance(error, UNSENT),
        )
    log_id = response.headers.get("x-tt-logid", "")
    return NetworkError(
        f"no whole answer from {_named(request)}: HTTP {response.status_code}, then"
        f" {reason}",
        hint="check the network and the proxy, then run it again",
        http_status=response.status_code,
        log_id=log_id if LOG_ID.fullmatch(log_id) else None,
    )


def _transcript(error: Exception) -> str | None:
    """Return what to say instead of a text that may quote a secret, or None."""
    return next((s for kind, s in TRANSCRIPTS.items() if isinstance(error, kind)), None)


def _named(request: httpx.Request) -> str:
    """Name the endpoint, without the query, which is a secret in an upload URL."""
    url = request.url
    path = url.raw_path.partition(b"?")[0].decode("ascii")
    return f"{url.raw_host.decode('ascii')} to {request.method} {path}"
