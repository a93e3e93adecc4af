"""Keep copies of records that could not be read, for a person."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from tiktok_bridge import StoreError
from tiktok_bridge_s3.failures import reported
from tiktok_bridge_s3.keys import stem_of

if TYPE_CHECKING:
    from tiktok_bridge_s3.objects import Objects

ENDING = ".damaged"  #: ending of the copies, which no listing of accounts takes


def put(objects: Objects, account: str, record: bytes) -> str:
    """Keep *record* of *account*, the same one once, and return where."""
    place = objects.place
    digest = sha256(record).hexdigest()[:8]
    key = f"{place.key}{stem_of(account)}.{digest}{ENDING}"
    with reported("PutObject", f"s3://{place.bucket}/{key}", StoreError):
        objects.client.put_object(Bucket=place.bucket, Key=key, Body=record)
    return f"s3://{place.bucket}/{key}"


def delete(objects: Objects, account: str) -> None:
    """Delete every copy of *account*."""
    bucket = objects.place.bucket
    prefix = f"{objects.place.key}{stem_of(account)}."
    with reported("ListObjectsV2", objects.url(account), StoreError):
        pages = objects.client.get_paginator("list_objects_v2").paginate(
            Bucket=bucket, Prefix=prefix
        )
        keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
        for key in keys:
            if key.endswith(ENDING):
                objects.client.delete_object(Bucket=bucket, Key=key)
