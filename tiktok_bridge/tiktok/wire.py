"""Send one request and bring back its reply, or say that none came."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final
from urllib.request import getproxies, proxy_bypass

import h11
import httpcore
import httpx

from tiktok_bridge.errors import ConfigError, NetworkError
from tiktok_bridge.tiktok.network import Backend

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Iterator, Mapping

log = logging.getLogger(__name__)

MAX_REPLY: Final = 1024 * 1024
"""Largest answer that is read, in bytes; real ones have less than 4 KB."""

TIMEOUT: Final = {"connect": 15.0, "read": 60.0, "write": 60.0, "pool": 15.0}
"""Seconds without progress after which a request is given up."""

FAILURES: Final = (
    h11.LocalProtocolError,
    httpx.DecodingError,
    httpx.TransportError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)
"""Everything that a transport raises when there is no answer, or half of one."""


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
    """

    def __init__(self, transport: httpx.BaseTransport | None = None) -> None:
        self._transport = transport or Transport()

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
        request = _request(method, url, headers, content)
        try:
            response = self._transport.handle_request(request)
        except FAILURES as error:
            raise _no_answer(request, error) from _cause(error)
        try:
            body = b"".join(_capped(response))
        except FAILURES as error:
            raise _broken_off(request, response, error) from _cause(error)
        finally:
            response.close()
        log.info(
            "%s: HTTP %d, log id %s",
            _named(request),
            response.status_code,
            _log_id(response),
        )
        return Reply(response.status_code, dict(response.headers), body)

    def close(self) -> None:
        """Close every connection."""
        self._transport.close()


class Transport(httpx.BaseTransport):
    """Pool connections on our network backend; heed proxies and CA bundles.

    `HTTPS_PROXY`, `NO_PROXY`, `SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured.
    """

    def __init__(self) -> None:
        self._pools: dict[str | None, httpcore.ConnectionPool] = {}
        self._proxies = getproxies()
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

    def close(self) -> None:
        """Close every pool."""
        for pool in self._pools.values():
            pool.close()

    @cached_property
    def _ssl(self) -> ssl.SSLContext:
        try:
            return httpx.create_ssl_context()
        except OSError as error:
            raise ConfigError(
                f"the certificates of this machine cannot be read: {error}",
                hint="check SSL_CERT_FILE and SSL_CERT_DIR",
            ) from None

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        proxy = None if proxy_bypass(url.host) else self._proxies.get(url.scheme)
        with self._opening:
            if proxy not in self._pools:
                self._pools[proxy] = self._open(proxy)
            return self._pools[proxy]

    def _open(self, proxy: str | None) -> httpcore.ConnectionPool:
        backend = Backend()
        if proxy:
            url, auth = _proxy(proxy)
            return httpcore.HTTPProxy(
                url, proxy_auth=auth, ssl_context=self._ssl, network_backend=backend
            )
        return httpcore.ConnectionPool(
            ssl_context=self._ssl, keepalive_expiry=30.0, network_backend=backend
        )


def _proxy(given: str) -> tuple[str, tuple[str, str] | None]:
    """Return the address of a proxy, and its user and password if it names them."""
    try:
        url = httpx.URL(given if "://" in given else f"http://{given}")
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme != "http" or not url.host:
        raise ConfigError(
            f"a proxy like {url.scheme or 'this'}: cannot be used",
            hint="name an http://host:port proxy in the environment",
        )
    auth = (url.username, url.password) if url.username else None
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
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise ConfigError("a header cannot be sent: it is no printable ASCII")
    try:
        return httpx.Request(
            method,
            url,
            headers=headers,
            content=content,  # type: ignore[arg-type] # httpx passes buffers through
            extensions={"timeout": TIMEOUT},
        )
    except httpx.InvalidURL:
        raise ConfigError("the address of a request cannot be used") from None


def _capped(response: httpx.Response) -> Iterator[bytes]:
    size = 0
    for piece in response.iter_bytes():
        size += len(piece)
        if size > MAX_REPLY:
            raise httpx.ReadError("the answer does not end")
        yield piece


def _no_answer(request: httpx.Request, error: Exception) -> NetworkError:
    reason = "the request cannot be sent" if _is_ours(error) else str(error)
    return NetworkError(
        f"no answer from {_named(request)}: {reason or type(error).__name__}",
        hint="check the network, the proxy and `api.base_url`, then run it again",
    )


def _broken_off(
    request: httpx.Request, response: httpx.Response, error: Exception
) -> NetworkError:
    return NetworkError(
        f"no whole answer from {_named(request)}: HTTP {response.status_code}, then"
        f" {str(error) or type(error).__name__}",
        hint="check the network and the proxy, then run it again",
        http_status=response.status_code,
        log_id=_log_id(response),
    )


def _log_id(response: httpx.Response) -> str | None:
    """Return the log id; what has not its shape might be anything, also a secret."""
    found = response.headers.get("x-tt-logid", "")
    return found if found.isalnum() and found.isascii() and len(found) < 100 else None  # noqa: PLR2004 - recorded ones have 34


def _named(request: httpx.Request) -> str:
    """Name the endpoint, without the query, which is a secret in an upload URL."""
    return f"{request.url.host} to {request.method} {request.url.path}"


def _cause(error: Exception) -> Exception | None:
    """Return *error* unless its text may quote a header."""
    return None if _is_ours(error) else error


def _is_ours(error: Exception) -> bool:
    return isinstance(error, (h11.LocalProtocolError, httpcore.LocalProtocolError))
