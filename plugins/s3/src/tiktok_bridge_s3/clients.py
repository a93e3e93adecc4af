"""Make the client that speaks to a server."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from tiktok_bridge_s3.secrets import remember

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

    from tiktok_bridge_s3.urls import Reach

TRIES = 3
"""How often a request is sent at most, with pauses; those of a stream come on top."""

CONNECT_TIMEOUT = 5.0
"""Seconds until a connection stands; a proxy may need some."""

CONNECTIONS = 32
"""Connections that are kept for later; more are opened where they are needed."""


def client_for(reach: Reach) -> S3Client:
    """Return the client of *reach*; credentials are those of the AWS environment.

    A client takes 0.1 s and 15 MB to make and may be used by every thread, so all who
    go to the same place share one; not with a process that was forked off.
    """
    key = (os.getpid(), reach)
    client = _clients.get(key)
    if client is None:
        atexit.register(close_clients)
        client = _clients.setdefault(key, _make(reach))
    return client


def close_clients() -> None:
    """Close every connection; whoever goes on makes new ones."""
    while _clients:
        _, client = _clients.popitem()
        client.close()


_clients: dict[tuple[int, Reach], S3Client] = {}


def _make(reach: Reach) -> S3Client:
    session = boto3.session.Session(profile_name=reach.profile)
    remember(session.get_credentials())
    client = session.client(
        "s3",
        endpoint_url=reach.endpoint_url,
        region_name=reach.region,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": reach.addressing},
            retries={"mode": "standard", "total_max_attempts": TRIES},
            connect_timeout=min(CONNECT_TIMEOUT, reach.timeout),
            read_timeout=reach.timeout,
            max_pool_connections=CONNECTIONS,
            # a checksum of its own kind is what other servers often do not know; the
            # signature covers the SHA-256 of what is written anyway
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
    client.meta.events.register("before-call.s3.HeadBucket", _stay)
    return client


def _stay(context: dict[str, Any], **_: object) -> None:
    """Let the library follow no redirect of the question where a bucket is.

    It asks that when a request is redirected; a server that redirects everything would
    be asked for ever.
    """
    context["s3_redirect"] = context.get("s3_redirect", {}) | {"redirected": True}
