"""Ask whether a bucket is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.failures import reported

if TYPE_CHECKING:
    from tiktok_bridge import BridgeError
    from tiktok_bridge_s3.urls import Place


def require_bucket(place: Place, kind: type[BridgeError]) -> str:
    """Return in words where the bucket of *place* is.

    Raises:
        BridgeError: Of *kind*: it is not there, or these credentials may not see it.
    """
    with reported("HeadBucket", place, kind):
        answer = client_for(place.reach).head_bucket(Bucket=place.bucket)
    region = answer.get("BucketRegion", "")
    return f"the bucket answers{region and ', in '}{region}"
