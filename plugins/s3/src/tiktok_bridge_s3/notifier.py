"""Keep each event as an object under its date."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tiktok_bridge import BridgeError
from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.failures import Refusal, reported
from tiktok_bridge_s3.health import require_bucket
from tiktok_bridge_s3.keys import stem_of

if TYPE_CHECKING:
    from tiktok_bridge import Event
    from tiktok_bridge_s3.urls import Place

CONTENT_TYPE = "application/cloudevents+json"


class S3Notifier:
    """Write each event durably; the same one again is the same object."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def notify(self, event: Event) -> None:
        """See `Notifier.notify`."""
        with reported("PutObject", self._place, BridgeError):
            key = f"{self._place.key}{_name(event)}"
        with reported("PutObject", f"s3://{self._place.bucket}/{key}", BridgeError):
            client_for(self._place.reach).put_object(
                Bucket=self._place.bucket,
                Key=key,
                Body=_body(event),
                ContentType=CONTENT_TYPE,
            )

    def health(self) -> str:
        """See `Checkable.health`."""
        return require_bucket(self._place, BridgeError)


def _name(event: Event) -> str:
    """Return the date of *event* and its id; not today's: it may come twice."""
    try:
        at = datetime.fromisoformat(event["time"]).astimezone(UTC)
    except ValueError as error:
        raise Refusal("the event has no time") from error
    return f"{at:%Y/%m/%d}/{stem_of(event['id'])}.json"


def _body(event: Event) -> bytes:
    """Return *event* as JSON; half a surrogate pair stays an escape."""
    text = json.dumps(
        event, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=dict
    )
    return text.encode("utf-8", "backslashreplace")
