"""Sign a message, and read the secrets that do; pure.

Source: the specification of Standard Webhooks, github.com/standard-webhooks
/standard-webhooks/blob/main/spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from urllib.parse import quote

PREFIX = "whsec_"

LENGTHS = range(24, 65)
"""How many bytes a key may have."""


def read_secret(secret: str) -> bytes:
    """Return the key that *secret* stands for.

    Raises:
        ValueError: It is no secret of that form; the message does not repeat it.
    """
    if not secret.startswith(PREFIX):
        raise ValueError(f"does not begin with {PREFIX}")
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"holds no base64 behind {PREFIX}") from None
    if len(key) not in LENGTHS:
        raise ValueError(f"holds {len(key)} bytes; it has to hold 24 to 64")
    return key


def message_id(event_id: str) -> str:
    """Return *event_id* as a header can hold it, without the dot that ends it."""
    return quote(event_id, safe="/", errors="surrogatepass").replace(".", "%2E")


def sign(keys: tuple[bytes, ...], identity: str, timestamp: int, body: bytes) -> str:
    """Return the header `webhook-signature`: one signature for each key."""
    content = f"{identity}.{timestamp}.".encode() + body
    digests = (hmac.digest(key, content, "sha256") for key in keys)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in digests)
