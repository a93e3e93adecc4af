"""net.tcp_tls: the API can be connected to, and its certificate is good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

OPEN: Final = Remedy(
    "Open port 443 to *.tiktokapis.com, or set the proxy, or correct `api.base_url`."
)
TRUST: Final = Remedy(
    "Put your proxy's CA into the bundle that `SSL_CERT_FILE` names, or let it pass"
    " *.tiktokapis.com unopened; check the clock."
)
REPAIRS: Final = {"certificate": TRUST, "tls": TRUST, "no-roots": TRUST}
WORDS: Final = {
    "refused": "the API's port refuses connections",
    "timeout": "the API does not answer",
    "proxy": "the proxy does not let a connection through",
    "tls": "no TLS 1.2 or newer comes about",
    "no-roots": "the certificates of this machine cannot be read",
    "expired": "the certificate has ended, or the clock is ahead",
    "not-yet-valid": "the certificate begins later, or the clock is behind",
    "name": "the certificate is for another host",
    "untrusted": "nobody who is trusted here has signed the certificate",
}
SOON: Final = 3
"""Days before its end from which a certificate is warned of."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """A connection to the API opens, with TLS 1.2 or newer and a good certificate.

    The certificate names the host, is trusted here and has not ended. An issuer that is
    known to open TLS on the way is named as that; such a proxy sees every token.
    """
    for fact in facts.of("connection", role="api"):
        status = fact.data["status"]
        if status == "ok":
            yield from _connected(fact, facts.number("net.tcp_tls", "days", SOON))
            continue
        fault = fact.data.get("fault")
        reason = f"certificate-{fault}" if status == "certificate" else status
        said = WORDS.get(fault or status, "no connection can be opened")
        if fact.data.get("is_intercepted"):
            reason, said = "intercepted", "something on the way opens TLS"
        yield failed(reason, said, fact, who="operator", fix=REPAIRS.get(status, OPEN))


def _connected(fact: Fact, least: float) -> Iterator[Finding]:
    data = fact.data
    if not data["is_tls"]:
        yield passed("plain", "the connection opens; it is plain HTTP", fact)
    elif data.get("is_intercepted"):
        said = "a proxy that opens TLS on the way is trusted here, and sees every token"
        yield warned("intercepted", said, fact, who="operator", fix=TRUST)
    elif data.get("days_left", SOON) < least:
        said = f"the certificate ends in {data['days_left']} day(s)"
        yield warned("ends-soon", said, fact, who="tiktok", fix=Remedy("Wait."))
    else:
        yield passed("connected", f"the connection opens, with {data['version']}", fact)


TCP_TLS = Check(
    "net.tcp_tls",
    "The API can be connected to, and its certificate is good",
    _judge,
    needs=("dns.resolve", "net.proxy"),
    effect="S1",
    reads=("network",),
    numbers=("days",),
)
