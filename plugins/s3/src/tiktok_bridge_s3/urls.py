"""Read an `s3:` URL: the bucket, the key, and how the server is reached."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final, Literal, cast
from urllib.parse import unquote, urlsplit

from tiktok_bridge import ConfigError

REACH = ("endpoint_url", "region", "addressing", "profile", "timeout")
"""Options of every URL: how the server is reached."""

Addressing = Literal["auto", "path", "virtual"]
ADDRESSINGS: Final = ("auto", "path", "virtual")
BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]")
REGION = re.compile(r"[A-Za-z0-9-]{1,63}")

LONGEST_KEY = 1024
"""Bytes that a key may have. Source: S3 User Guide, Naming Amazon S3 objects."""

LONGEST_PREFIX = 512
"""Bytes of a prefix, so that every name below it has room."""

TIMEOUT = (20.0, 1.0, 600.0)
"""Seconds without an answer, or a byte of it: unless said, at least, at most."""

LEASE = (120.0, 10.0, 3600.0)
"""Seconds after which the lock of a dead process is free: as for `TIMEOUT`."""

EXPIRES = (6 * 3600.0, 3600.0, 7 * 86400.0)
"""Seconds that a presigned URL lives: as for `TIMEOUT`.

TikTok downloads for an hour at most; a signature lasts seven days at most. Source:
S3 User Guide, Download and upload objects with presigned URLs."""


@dataclass(frozen=True, slots=True)
class Reach:
    """How a server is reached; what is None comes from the AWS environment.

    Attributes:
        timeout: Seconds without an answer, or a byte of it, until a try is given up.
    """

    endpoint_url: str | None = None
    region: str | None = None
    addressing: Addressing = "auto"
    profile: str | None = None
    timeout: float = TIMEOUT[0]


@dataclass(frozen=True, slots=True)
class Place:
    """A key, or a prefix that is empty or ends with a slash, in a bucket."""

    bucket: str
    key: str
    reach: Reach

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


@dataclass(frozen=True, slots=True)
class StorePlace(Place):
    """Where tokens are kept; *lease* is in seconds."""

    lease: float = LEASE[0]


@dataclass(frozen=True, slots=True)
class MediaPlace(Place):
    """Where a video is.

    Attributes:
        version_id: The version to read, None for the current one.
        public: Start of the URL under which anybody reads the bucket, or None.
        expires: Seconds that a presigned URL lives.
    """

    version_id: str | None = None
    public: str | None = None
    expires: float = EXPIRES[0]


def read_store_url(url: str) -> StorePlace:
    """Return the place that `s3://bucket/prefix/?…` names.

    Raises:
        ConfigError: It names none, or an option is unknown or wrong.
    """
    bucket, key, options = _parts(url, ("lease",))
    place = StorePlace(bucket, _prefix(key), _reach(options))
    return StorePlace(bucket, place.key, place.reach, _seconds(options, "lease", LEASE))


def read_media_url(url: str) -> MediaPlace:
    """Return the place that `s3://bucket/key?…` names.

    Raises:
        ConfigError: It names none, or an option is unknown or wrong.
    """
    bucket, key, options = _parts(url, ("version_id", "public", "expires"))
    if not key or key.endswith("/"):
        raise ConfigError(
            f"s3://{bucket}/{key} names no object",
            hint="write the whole key: s3://bucket/folder/clip.mp4",
        )
    public = options.get("public")
    return MediaPlace(
        bucket,
        key,
        _reach(options),
        version_id=options.get("version_id") or None,
        public=public and _web_address("public", public, {"https"}),
        expires=_seconds(options, "expires", EXPIRES),
    )


def read_notifier_url(url: str) -> Place:
    """Return the place that `s3://bucket/prefix/?…` names.

    Raises:
        ConfigError: It names none, or an option is unknown or wrong.
    """
    bucket, key, options = _parts(url, ())
    return Place(bucket, _prefix(key), _reach(options))


def _parts(url: str, own: tuple[str, ...]) -> tuple[str, str, dict[str, str]]:
    """Return bucket, key and options; no message quotes what may hold a secret."""
    try:
        split = urlsplit(url)
        key = unquote(split.path.removeprefix("/"), errors="strict")
        encoded = key.encode()
    except ValueError:  # half an IPv6 address, or no UTF-8
        raise ConfigError("an s3: URL cannot be read", hint=_EXAMPLE) from None
    if "@" in split.netloc:
        raise ConfigError(
            "an s3: URL holds credentials, which every listing would show",
            hint="take them out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
        )
    if not BUCKET.fullmatch(split.netloc):
        raise ConfigError(f"{split.netloc!a} is no bucket", hint=_EXAMPLE)
    place = f"s3://{split.netloc}/{key}"
    if split.fragment or url.endswith("#"):
        raise ConfigError(f"{place!a} goes on after a #", hint="write %23 for it")
    if len(encoded) > LONGEST_KEY or "\0" in key:
        raise ConfigError(f"{place!a:.80} is no key that S3 takes", hint=_EXAMPLE)
    if not {".", ".."}.isdisjoint(key.split("/")):
        raise ConfigError(
            f"{place!a} has a . or a .. between slashes, and proxies resolve them",
            hint="give the object another key",
        )
    return split.netloc, key, _options(place, split.query, REACH + own)


def _options(place: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    options: dict[str, str] = {}
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        if name not in known:
            near = get_close_matches(name, known, 1)
            raise ConfigError(
                f"{place!a} has the option {name!a:.60}, which means nothing here",
                hint=f"did you mean {near[0]}?"
                if near
                else f"the options are {', '.join(known)}",
            )
        if name in options:
            raise ConfigError(f"{place!a} has the option {name} twice")
        options[name] = unquote(value)
    return options


def _reach(options: dict[str, str]) -> Reach:
    endpoint, region = options.get("endpoint_url"), options.get("region")
    addressing = options.get("addressing", "auto")
    if addressing not in ADDRESSINGS:
        raise ConfigError(
            f"addressing={addressing!a:.60} is none", hint="auto, path or virtual"
        )
    if region is not None and not REGION.fullmatch(region):
        raise ConfigError(
            f"region={region!a:.60} is none", hint="write it as in eu-central-1"
        )
    return Reach(
        endpoint and _web_address("endpoint_url", endpoint, {"http", "https"}),
        region,
        cast("Addressing", addressing),
        options.get("profile") or None,
        _seconds(options, "timeout", TIMEOUT),
    )


def _web_address(name: str, value: str, schemes: set[str]) -> str:
    """Return *value* without its last slash; it is quoted in no message."""
    try:
        split = urlsplit(value)
        is_sound = split.scheme in schemes and split.hostname and split.port != 0
    except ValueError:
        is_sound = False
    if not is_sound or "@" in split.netloc or split.query or split.fragment:
        raise ConfigError(
            f"the option {name} is no address of a server",
            hint=f"write it as {'https' if 'https' in schemes else 'http'}://host/path,"
            " without credentials, ? and #",
        )
    return value.rstrip("/")


def _seconds(
    options: dict[str, str], name: str, limits: tuple[float, float, float]
) -> float:
    default, least, most = limits
    try:
        seconds = float(options.get(name, default))
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= most:
        raise ConfigError(
            f"the option {name} is no number of seconds from {least:g} to {most:g}",
            hint=f"leave it out for {default:g} seconds",
        )
    return seconds


def _prefix(key: str) -> str:
    prefix = key.rstrip("/") + "/" if key.strip("/") else ""
    if len(prefix.encode()) > LONGEST_PREFIX:
        raise ConfigError(f"a prefix has more than {LONGEST_PREFIX} bytes")
    return prefix


_EXAMPLE = "write s3://bucket/key, percent-encoded"
