"""Read and replace the object of an account, never one that has changed since."""

from __future__ import annotations

import secrets
import time
from contextlib import closing
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tiktok_bridge import StoreError
from tiktok_bridge_s3.clients import client_for
from tiktok_bridge_s3.entries import Entry, pack, unpack
from tiktok_bridge_s3.failures import (
    MISSING,
    NOT_MODIFIED,
    Refusal,
    code_of,
    is_passing,
    reported,
)
from tiktok_bridge_s3.keys import stem_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectOutputTypeDef

    from tiktok_bridge_s3.urls import StorePlace

ENDING = ".account"  #: ending of the objects that hold an account
LOST = (*NOT_MODIFIED, *MISSING)  #: codes for whom somebody else was first
TRIES = 3  #: for a body that breaks off, and a write that is refused for no reason
LARGEST = 16 * 1024 * 1024  #: bytes of an object that is read; a record has a few kB


@dataclass(frozen=True, slots=True)
class Found:
    """An object as it was when the server was last asked.

    Attributes:
        etag: Names that content, None where there was no object.
        now: Seconds since the epoch by the server's clock.
    """

    entry: Entry
    etag: str | None
    now: float


class Objects:
    """The objects of a store, one per account."""

    def __init__(self, place: StorePlace) -> None:
        self.place = place
        self.is_quoted = True  # how the server wants an ETag in If-Match

    @property
    def client(self) -> S3Client:
        """What speaks to the server."""
        return client_for(self.place.reach)

    def key(self, account: str) -> str:
        """Return the key of *account*."""
        return f"{self.place.key}{stem_of(account)}{ENDING}"

    def url(self, account: str) -> str:
        """Return what a message calls the object of *account*."""
        return f"s3://{self.place.bucket}/{self.key(account)}"

    def fetch(self, account: str) -> Found:
        """Return the object of *account*; one that is missing says nothing yet.

        Raises:
            StoreError: It cannot be read, or is none of ours.
        """
        with reported("GetObject", self.url(account), StoreError):
            try:
                answer, body = self._read(account)
            except ClientError as error:
                if code_of(error) not in MISSING:
                    raise
                return Found(Entry(), None, _server_time(error.response))
            try:
                entry = unpack(account, body)
            except ValueError as error:
                raise Refusal(str(error), hint=_MOVE) from error
            return Found(entry, answer["ETag"], _server_time(answer))

    def swap(self, account: str, found: Found, entry: Entry) -> tuple[bool, Found]:
        """Write *entry* unless the object is another than *found*.

        Returns:
            Whether it was written, and what is there now.

        Raises:
            StoreError: Nobody knows, or the server refuses what nobody else changed.
        """
        entry = replace(entry, nonce=secrets.token_hex(12))
        with reported("PutObject", self.url(account), StoreError):
            for tries_left in reversed(range(TRIES)):
                try:
                    return True, self._write(account, found, entry)
                except ClientError as error:
                    if not (code_of(error) in LOST or is_passing(error)):
                        raise
                    there = self.fetch(account)
                    if there.entry.nonce == entry.nonce:  # only the answer was lost
                        return True, there
                    if there.etag != found.etag:
                        break
                    if not tries_left:
                        raise
        return False, there

    def condition(self, etag: str | None) -> dict[str, Any]:
        """Return what lets a write pass only over *etag*, None for nothing."""
        if etag is None:
            return {"IfNoneMatch": "*"}
        return {"IfMatch": etag if self.is_quoted else etag.strip('"')}

    def _read(self, account: str) -> tuple[GetObjectOutputTypeDef, bytes]:
        """Return an answer and its body, of which the library repeats no reading."""
        bucket, key = self.place.bucket, self.key(account)
        for tries_left in reversed(range(TRIES)):
            answer = self.client.get_object(Bucket=bucket, Key=key)
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] > LARGEST:
                    raise Refusal("it is too large for a record")
                try:
                    return answer, body.read()
                except BotoCoreError as error:
                    if not (tries_left and is_passing(error)):
                        raise
        raise AssertionError("the last try returns or raises")

    def _write(self, account: str, found: Found, entry: Entry) -> Found:
        answer = self.client.put_object(
            Bucket=self.place.bucket,
            Key=self.key(account),
            Body=pack(account, entry),
            ContentType="application/octet-stream",
            **self.condition(found.etag),
        )
        return Found(entry, answer["ETag"], _server_time(answer))


_MOVE = "move it away, or name a prefix of the store's own"


def _server_time(answer: Mapping[str, Any]) -> float:
    """Return the `Date` of *answer*: all who share a store share this clock."""
    try:
        date = answer["ResponseMetadata"]["HTTPHeaders"]["date"]
        return parsedate_to_datetime(date).timestamp()
    except (KeyError, TypeError, ValueError):
        return time.time()
