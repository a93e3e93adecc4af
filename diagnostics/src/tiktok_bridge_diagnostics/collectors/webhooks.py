"""Gather whether webhooks are told from forgeries, by a secret made up for it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Collector, Fact, Secret, WebhookError, verify_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

KEY: Final = b"made up for a test of itself"
BODY: Final = json.dumps(
    {
        "client_key": "self-test",
        "event": "post.publish.complete",
        "create_time": 1,
        "user_openid": "self-test",
        "content": json.dumps({"publish_id": "v_pub_file~v2.1"}),
    }
).encode()
OLD: Final = 301


def _collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `webhooks`.

    Its data: `taken`, whether each vector was taken for TikTok's own, and
    `is_repeated_alike`, whether an event that comes twice is told by its id.
    """
    stamp = int(visit.now)
    ids = [_id(f"t={stamp},s={_sign(stamp, BODY)}", BODY, stamp) for _ in range(2)]
    taken = {
        name: _id(header, body, stamp) is not None
        for name, header, body in _vectors(stamp)
    }
    is_alike = ids[0] == ids[1] is not None
    yield Fact("webhooks", "", {"taken": taken, "is_repeated_alike": is_alike})


def _vectors(now: int) -> Iterator[tuple[str, str | bytes, bytes]]:
    good, other = _sign(now, BODY), _sign(now, b"other")
    yield "plain", f"t={now},s={good}", BODY
    yield "upper_case", f"t={now},s={good.upper()}", BODY
    yield "reordered", f"s={good},t={now}", BODY
    yield "two_signatures", f"t={now},s={other},s={good}", BODY
    yield "bytes", f"t={now},s={good}".encode(), BODY
    yield "bad_body", f"t={now},s={good}", BODY + b" "
    yield "bad_signature", f"t={now},s={other}", BODY
    yield "other_time", f"t={now + 1},s={good}", BODY
    for name, stamp in (("old", now - OLD), ("future", now + OLD)):
        yield name, f"t={stamp},s={_sign(stamp, BODY)}", BODY
    yield "no_signature", f"t={now}", BODY


def _sign(stamp: int, body: bytes) -> str:
    return hmac.new(KEY, b"%d.%s" % (stamp, body), hashlib.sha256).hexdigest()


def _id(header: str | bytes, body: bytes, now: int) -> str | None:
    headers = [("TikTok-Signature", header)]
    try:
        return verify_webhook(headers, body, [Secret(KEY.decode())], float(now)).id
    except WebhookError:
        return None


WEBHOOKS = Collector("webhooks", _collect)
