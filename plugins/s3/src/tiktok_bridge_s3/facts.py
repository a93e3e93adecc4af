"""Gather for the doctor how the buckets of a configuration are set up."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_bridge import BridgeError, Fact
from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.conditions import MARKER
from tiktok_bridge_s3.failures import MISSING, code_of, reported
from tiktok_bridge_s3.urls import read_notifier_url, read_store_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mypy_boto3_s3 import S3Client

    from tiktok_bridge import Visit
    from tiktok_bridge_s3.urls import Place

NO_RULES = "NoSuchLifecycleConfiguration"


def collect(visit: Visit) -> Iterator[Fact]:
    """Yield one fact of kind `s3` about each URL whose bucket answers.

    Its data: `has_tokens` (else events), `keeps_versions` (None where these credentials
    may not ask), `has_rules` (a lifecycle; likewise), `has_tried_conditions` (the
    marker of a store is there; likewise), `ahead_seconds` (its clock, of ours). Only
    reads; conditional writes cannot be tried without one.
    """
    if visit.settings is None:
        return
    for name, hook, url in visit.settings.plugged():
        if url[:3].lower() != "s3:":
            continue
        has_tokens = hook == "open_token_store"
        try:
            read = read_store_url if has_tokens else read_notifier_url
            data = _asked(read(url))
        except BridgeError:
            continue  # its health says why
        yield Fact("s3", "" if has_tokens else name, {"has_tokens": has_tokens} | data)


def _asked(place: Place) -> dict[str, Any]:
    client, bucket = client_for(place.reach), place.bucket
    with reported("HeadBucket", place, BridgeError):
        head = client.head_bucket(Bucket=bucket)
    date = head["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    return {
        "ahead_seconds": _ahead(date),
        "keeps_versions": _keeps_versions(client, bucket),
        "has_rules": _is_there(
            lambda: client.get_bucket_lifecycle_configuration(Bucket=bucket)
        ),
        "has_tried_conditions": _is_there(
            lambda: client.head_object(Bucket=bucket, Key=place.key + MARKER)
        ),
    }


def _keeps_versions(client: S3Client, bucket: str) -> bool | None:
    try:
        return client.get_bucket_versioning(Bucket=bucket).get("Status") == "Enabled"
    except (BotoCoreError, ClientError):
        return None


def _is_there(ask: Callable[[], object]) -> bool | None:
    """Tell whether *ask* finds something; None where nobody may know."""
    try:
        ask()
    except ClientError as error:
        return False if code_of(error) in (NO_RULES, *MISSING) else None
    except BotoCoreError:
        return None
    return True


def _ahead(date: str) -> float | None:
    try:
        return round(parsedate_to_datetime(date).timestamp() - time.time())
    except (TypeError, ValueError):
        return None
