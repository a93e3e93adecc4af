"""Look up names, open connections and look at certificates."""

from __future__ import annotations

import base64
import http.client
import ipaddress
import socket
import ssl
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from cryptography import x509

if TYPE_CHECKING:
    from urllib.parse import SplitResult

TIMEOUT: Final = 3.0
"""Seconds that a connection and a handshake may take each."""

FAULTS: Final = {9: "not-yet-valid", 10: "expired", 62: "name", 64: "name"}
"""What a certificate's fault is called, by OpenSSL's number; others are `untrusted`."""

INTERCEPTORS: Final = (
    "avast",
    "barracuda",
    "bitdefender",
    "blue coat",
    "charles",
    "check point",
    "cisco umbrella",
    "eset",
    "fiddler",
    "forcepoint",
    "fortinet",
    "kaspersky",
    "mcafee",
    "mitmproxy",
    "netskope",
    "palo alto",
    "portswigger",
    "skyhigh",
    "sonicwall",
    "sophos",
    "squid",
    "watchguard",
    "zscaler",
)
"""Words in the names of issuers that open TLS on the way."""


def addresses(host: str) -> dict[str, Any]:
    """Return how *host* resolves.

    `status` is ok, not-found or failed; `count`, `public` and `private` count the
    addresses; `is_literal` and `is_loopback` tell of the host itself.
    """
    literal = _address(host)
    data: dict[str, Any] = {
        "is_literal": literal is not None,
        "is_loopback": host == "localhost" or bool(literal and literal.is_loopback),
        "status": "ok",
    }
    try:
        told = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        is_absent = error.errno in (socket.EAI_NONAME, -5)  # -5: no address of the name
        data["status"] = "not-found" if is_absent else "failed"
        told = []
    except (OSError, UnicodeError):
        data["status"], told = "failed", []
    found = {one for info in told if (one := _address(str(info[4][0])))}
    public = sum(one.is_global for one in found)
    return data | {
        "count": len(found),
        "public": public,
        "private": len(found) - public,
    }


def connection(
    host: str, port: int, context: ssl.SSLContext | None, now: float
) -> dict[str, Any]:
    """Return how a connection to *host* goes; nothing is sent on it.

    `status` is ok, dns, refused, timeout, unreachable, proxy, tls or certificate;
    `fault` says what is wrong with the certificate; of one that was seen `days_left`
    and `is_intercepted`; `version` of TLS. *context* None means plain TCP.
    """
    data: dict[str, Any] = {"status": "ok", "is_tls": context is not None}
    try:
        raw = _opened(host, port, is_tls=context is not None)
    except socket.gaierror:
        return data | {"status": "dns"}
    except ConnectionRefusedError:
        return data | {"status": "refused"}
    except TimeoutError:
        return data | {"status": "timeout"}
    except http.client.HTTPException:
        return data | {"status": "proxy"}
    except (OSError, UnicodeError) as error:
        is_refusal = str(error).startswith("Tunnel connection failed")
        return data | {"status": "proxy" if is_refusal else "unreachable"}
    with raw:
        return data | (_secured(raw, host, context, now) if context else {})


def proxy(url: str) -> str | None:
    """Return the proxy of the environment for *url*, None if it is reached directly."""
    parts = urlsplit(url)
    if proxy_bypass(parts.hostname or ""):
        return None
    return getproxies().get(parts.scheme)


def split_proxy(given: str) -> SplitResult:
    """Return the parts of a proxy's address, which may come without a scheme."""
    return urlsplit(given if "://" in given else f"http://{given}")


def _secured(
    raw: socket.socket, host: str, context: ssl.SSLContext, now: float
) -> dict[str, Any]:
    try:
        with context.wrap_socket(raw, server_hostname=host) as tls:
            seen = _certificate(tls.getpeercert(binary_form=True), now)
            return {"version": tls.version()} | seen
    except ssl.SSLCertVerificationError as error:
        fault = FAULTS.get(error.verify_code, "untrusted")
        return {"status": "certificate", "fault": fault}
    except TimeoutError:
        return {"status": "timeout"}
    except OSError:
        return {"status": "tls"}


def unverified(host: str, port: int, now: float) -> dict[str, Any]:
    """Return what the certificate of *host* says, whoever made it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with (
        suppress(OSError, http.client.HTTPException),
        _opened(host, port, is_tls=True) as raw,
        context.wrap_socket(raw, server_hostname=host) as tls,
    ):
        return _certificate(tls.getpeercert(binary_form=True), now)
    return {}


def _certificate(der: bytes | None, now: float) -> dict[str, Any]:
    if not der:
        return {}
    try:
        seen = x509.load_der_x509_certificate(der)
        issuer = seen.issuer.rfc4514_string().lower()
        left = seen.not_valid_after_utc.timestamp() - now
    except ValueError:
        return {}
    is_known = any(one in issuer for one in INTERCEPTORS)
    return {"days_left": int(left // 86_400), "is_intercepted": is_known}


def _opened(host: str, port: int, *, is_tls: bool) -> socket.socket:
    """Connect as a request would: through the proxy of the environment if there is one.

    Raises:
        OSError: Nobody answers, or the proxy refuses.
        http.client.HTTPException: The proxy answers no HTTP.
    """
    given = proxy(f"http{'s' * is_tls}://{host}")
    if given is None:
        return socket.create_connection((host, port), TIMEOUT)
    parts = split_proxy(given)
    if not is_tls:  # such a proxy is asked for the page itself
        place = (parts.hostname or "", parts.port or 80)
        return socket.create_connection(place, TIMEOUT)
    through = http.client.HTTPConnection(
        parts.hostname or "", parts.port or 80, timeout=TIMEOUT
    )
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
    through.set_tunnel(
        host, port, {"Proxy-Authorization": basic} if parts.username else {}
    )
    try:
        through.connect()
    except BaseException:
        through.close()
        raise
    return through.sock


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    with suppress(ValueError):
        return ipaddress.ip_address(text.partition("%")[0])
    return None
