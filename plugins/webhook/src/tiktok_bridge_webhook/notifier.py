"""Post each event to a receiver, and take nothing but 2xx for an answer."""

from __future__ import annotations

import json
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from tiktok_bridge import BridgeError, ConfigError, NetworkError
from tiktok_bridge_webhook.signature import message_id, sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from tiktok_bridge import Event
    from tiktok_bridge_webhook.urls import Receiver

TIMEOUT = 15.0
"""Seconds without progress after which a receiver is given up."""

DELIVERED = range(200, 300)
REDIRECTS = range(300, 400)
GONE = 410
PASSING = frozenset({408, 425, 429, *range(500, 600)} - {501, 505})
"""Statuses that pass by themselves."""


class NotTakenError(BridgeError):
    """Report a receiver that answered, and did not take an event.

    Attributes:
        http_status: What it answered.
        retry_after: Seconds that it asked to wait, or None.
    """

    def __init__(
        self, message: str, *, hint: str, http_status: int, retry_after: float | None
    ) -> None:
        super().__init__(message, hint=hint)
        self.http_status = http_status
        self.retry_after = retry_after
        self.retryable = http_status in PASSING


class WebhookNotifier:
    """Post events to one receiver; through the proxy of the environment, if any."""

    def __init__(
        self,
        receiver: Receiver,
        *,
        timeout: float = TIMEOUT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._receiver = receiver
        self._timeout = timeout
        self._clock = clock
        self._transport: httpx.HTTPTransport | None = None

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`.

        Raises:
            BridgeError: The receiver did not take it; `retryable` where it may later.
        """
        body = json.dumps(
            event, allow_nan=False, separators=(",", ":"), default=dict
        ).encode("ascii")
        status, retry_after = self._post(message_id(event["id"]), body)
        if status in DELIVERED:
            return
        words, hint = _meaning(status)
        wish = "" if retry_after is None else f"; it asks to wait {retry_after:.0f} s"
        raise NotTakenError(
            f"the webhook to {self._receiver.name} {words} (status {status}){wish}",
            hint=hint,
            http_status=status,
            retry_after=retry_after,
        )

    def _post(self, identity: str, body: bytes) -> tuple[int, float | None]:
        now = int(self._clock())
        headers = {
            "content-type": "application/cloudevents+json",
            "user-agent": "tiktok-bridge",
            "webhook-id": identity,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(self._receiver.keys, identity, now, body),
        }
        failure = None
        try:
            # a client would log the address, which may be a secret
            response = self._open().handle_request(
                httpx.Request(
                    "POST",
                    self._receiver.address,
                    headers=headers,
                    content=body,
                    extensions={"timeout": httpx.Timeout(self._timeout).as_dict()},
                )
            )
            response.close()  # its body says nothing
            return response.status_code, self._wish(response.headers)
        except (httpx.RequestError, httpcore.ProtocolError, OSError) as error:
            failure = type(error).__name__
        except (httpx.InvalidURL, UnicodeError):
            raise ConfigError(
                f"the address of the webhook to {self._receiver.name} cannot be used"
            ) from None
        raise NetworkError(  # raised here, so that no text of another error hangs on it
            f"no answer from the webhook to {self._receiver.name}: {failure}",
            hint="check that it runs, its certificate, and the proxy",
        )

    def _open(self) -> httpx.HTTPTransport:
        if self._transport is None:
            url = httpx.URL(self._receiver.address)
            direct = bool(proxy_bypass(url.host))
            proxy = None if direct else getproxies().get(url.scheme)
            self._transport = httpx.HTTPTransport(proxy=proxy)
        return self._transport

    def _wish(self, headers: httpx.Headers) -> float | None:
        """Return the seconds that `Retry-After` asks for, None where it does not."""
        said = headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            seconds = parsedate_to_datetime(said).timestamp() - self._clock()
        except (ValueError, OverflowError):
            return None
        return max(seconds, 0.0)


def _meaning(status: int) -> tuple[str, str]:
    if status in PASSING:
        return "is busy or broken", "look into the log of the receiver"
    if status == GONE:
        return "is gone", "take it out of `notify` in bridge.yaml"
    if status in REDIRECTS:
        return "redirects, which is not followed", "write the address where it leads"
    return "refused an event", "compare the secrets and the clocks of both sides"
