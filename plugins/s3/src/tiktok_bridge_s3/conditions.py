"""Find out whether a server refuses a write whose condition does not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from tiktok_bridge import StoreError
from tiktok_bridge_s3.failures import NOT_MODIFIED, code_of, reported, status_of

if TYPE_CHECKING:
    from tiktok_bridge_s3.objects import Objects

MARKER = ".conditional-writes"
"""The object that is written on trial; no account's name begins with a dot."""

TEXT = b"tiktok-bridge writes this object to see whether the server takes conditions.\n"
NO_ETAG = '"00000000000000000000000000000000"'
NOT_UNDERSTOOD = (400, 405, 501)
"""Statuses of a server that does not know the header."""


def require_conditions(objects: Objects) -> None:
    """Refuse a server that writes although a condition does not hold.

    Find out as well whether it wants an ETag in quotes, as HTTP does, or, like older
    versions of Ceph, without them. The marker stays, and always has the same content.

    Raises:
        StoreError: It does, or it cannot be asked.
    """
    if _is_written(objects, IfNoneMatch="*") and _is_written(objects, IfNoneMatch="*"):
        raise _lacking(objects, "If-None-Match")
    if _is_written(objects, IfMatch=NO_ETAG):
        raise _lacking(objects, "If-Match")
    etag = _etag(objects)
    for objects.is_quoted in (True, False):
        if _is_written(objects, **objects.condition(etag)):
            return
    raise _lacking(objects, "If-Match")


def _etag(objects: Objects) -> str:
    bucket, key = objects.place.bucket, objects.place.key + MARKER
    with reported("HeadObject", f"s3://{bucket}/{key}", StoreError):
        return objects.client.head_object(Bucket=bucket, Key=key)["ETag"]


def _is_written(objects: Objects, **condition: Any) -> bool:  # noqa: ANN401 - of boto3
    bucket, key = objects.place.bucket, objects.place.key + MARKER
    with reported("PutObject", f"s3://{bucket}/{key}", StoreError):
        try:
            objects.client.put_object(Bucket=bucket, Key=key, Body=TEXT, **condition)
        except ClientError as error:
            if code_of(error) in NOT_MODIFIED:
                return False
            if status_of(error) in NOT_UNDERSTOOD:
                raise _lacking(objects, " and ".join(condition)) from error
            raise
    return True


def _lacking(objects: Objects, header: str) -> StoreError:
    return StoreError(
        f"the server of {objects.place} does not do conditional writes ({header}), so"
        " that two processes could renew one token at once and log the creator out",
        hint="keep tokens elsewhere, as at `tokens: file:state/tokens`, or on a server"
        " that does: Amazon S3, Ceph, MinIO, R2",
    )
