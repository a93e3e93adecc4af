"""Read the URL of a receiver, and refuse one that is not safe or not signed.

A message of this module repeats nothing of the URL.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from tiktok_bridge import ConfigError
from tiktok_bridge_webhook.signature import read_secret

EXAMPLE = (
    "write https://HOST/PATH#${WEBHOOK_SECRET}, where the variable holds whsec_ and 24"
    " to 64 random bytes in base64; two secrets are separated by a comma"
)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who gets the events.

    Attributes:
        address: Where to, without the secrets.
        name: What messages call it: the host, since a path may be a secret.
        keys: Each signs every message; more than one while they are changed.
    """

    address: str = field(repr=False)
    name: str
    keys: tuple[bytes, ...] = field(repr=False)


def read_url(url: str) -> Receiver:
    """Return what *url* says.

    Raises:
        ConfigError: It cannot be used; with what to write instead.
    """
    address, _, fragment = url.partition("#")
    parts = _parts(address)
    if parts is None or not parts.hostname:
        raise ConfigError("the address of a webhook cannot be read", hint=EXAMPLE)
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "the address of a webhook holds a user",
            hint=f"leave it out; the signature proves who sends: {EXAMPLE}",
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(
            f"the webhook to {parts.hostname} is plain http, which others can read",
            hint="write https://; http:// is for a receiver on this machine",
        )
    if not fragment:
        raise ConfigError(
            f"the webhook to {parts.hostname} has no secret to sign with", hint=EXAMPLE
        )
    try:
        keys = tuple(read_secret(secret) for secret in fragment.split(","))
    except ValueError as error:
        raise ConfigError(
            f"a secret of the webhook to {parts.hostname} {error}", hint=EXAMPLE
        ) from None
    return Receiver(address, parts.hostname, keys)


def _parts(address: str) -> SplitResult | None:
    if not address.isascii() or not address.isprintable() or " " in address:
        return None
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
