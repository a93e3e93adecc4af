"""What TikTok tells an app's webhook, as JSON and with a signature.

developers.tiktok.com/doc/webhooks-events, webhooks-verification
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tiktok_bridge_sandbox.publishes import Publish

FAILED: Final = "post.publish.failed"
COMPLETE: Final = "post.publish.complete"
DELIVERED: Final = "post.publish.inbox_delivered"
PUBLIC: Final = "post.publish.publicly_available"
HIDDEN: Final = "post.publish.no_longer_publicaly_available"
"""Misspelt, as TikTok does."""

REMOVED: Final = "authorization.removed"

DEVELOPER_REVOKED: Final = 5
"""Reason of ``authorization.removed`` after a call of revoke."""

USER_DISCONNECTED: Final = 1
"""Reason of ``authorization.removed`` after the creator removed the app."""


@dataclass(frozen=True)
class Happening:
    """Something that is told, and when it happens."""

    at: float
    name: str
    content: Mapping[str, object]


def foresee(publish: Publish) -> Iterator[Happening]:
    """Yield all that happens to *publish* as things stand, also in the future."""
    about = {"publish_id": publish.publish_id, "publish_type": _kind(publish)}
    if publish.failure:
        at, reason = publish.failure
        yield Happening(at, FAILED, about | {"reason": reason})
        return
    if publish.ends_at is None:
        return
    if publish.mode == "inbox":
        yield Happening(publish.ends_at, DELIVERED, about)
    for post in publish.posts:
        said = about | {"post_id": str(post.post_id)}
        posted_at, public_at = publish.posted_at(post), publish.public_at(post)
        if posted_at is not None:
            yield Happening(posted_at, COMPLETE, about)
        if public_at is not None:
            yield Happening(public_at, PUBLIC, said)
        if post.hidden_at is not None:
            yield Happening(post.hidden_at, HIDDEN, said)


def _kind(publish: Publish) -> str:
    is_draft = publish.mode == "inbox"
    return "INBOX_SHARE" if is_draft else publish.switches.webhook_publish_type


@dataclass
class Attempt:
    """One try to deliver an event."""

    at: float
    signature: str
    status: int | None = None
    """HTTP status of the answer, if one came."""

    error: str | None = None
    """Why none came."""


@dataclass
class Event:
    """An event on its way to the app."""

    number: int
    name: str
    created_at: float
    body: bytes
    secret: str
    next_at: float
    """When it is tried next."""

    attempts: list[Attempt] = field(default_factory=list)

    @property
    def is_delivered(self) -> bool:
        """Whether an answer of HTTP 200 came."""
        return any(attempt.status == 200 for attempt in self.attempts)  # noqa: PLR2004 - the only answer that counts

    def sign(self, now: float) -> str:
        """Return the header TikTok-Signature of a delivery at *now*."""
        moment = str(int(now))
        signed = moment.encode() + b"." + self.body
        proof = hmac.new(self.secret.encode(), signed, hashlib.sha256).hexdigest()
        return f"t={moment},s={proof}"

    def describe(self) -> dict[str, object]:
        """Return what a test may see of it."""
        last = self.attempts[-1].signature if self.attempts else None
        return {
            "number": self.number,
            "event": self.name,
            "body": self.body.decode(),
            "signature": last or self.sign(self.created_at),
            "delivered": self.is_delivered,
            "next_at": None if self.is_delivered else self.next_at,
            "attempts": [asdict(attempt) for attempt in self.attempts],
        }


def write_body(client_key: str, open_id: str, happening: Happening) -> bytes:
    """Return the JSON of an event; ``content`` is JSON within JSON."""
    content = json.dumps(happening.content, separators=(",", ":"))
    said = {
        "client_key": client_key,
        "event": happening.name,
        "create_time": int(happening.at),
        "user_openid": open_id,
        "content": content,
    }
    return json.dumps(said, separators=(",", ":")).encode()
