"""Keep tokens, read media and write events on S3 and on servers that speak it.

Each hook imports what it opens, so that loading the plugin costs next to nothing:
boto3 takes a quarter of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import (
        Check,
        Collector,
        Fact,
        MediaSource,
        Notifier,
        TokenStore,
        Visit,
    )

HOOK_VERSION: Final = 1

SCHEME = "s3:"

SCHEMES: Final = {
    "open_token_store": ["s3"],
    "open_media_source": ["s3"],
    "open_notifier": ["s3"],
}


@hookimpl
def open_token_store(url: str) -> TokenStore | None:
    """Open the prefix that *url* names as a token store."""
    if not _is_ours(url):
        return None
    from tiktok_bridge_s3.store import S3TokenStore  # noqa: PLC0415 - see above
    from tiktok_bridge_s3.urls import read_store_url  # noqa: PLC0415 - see above

    return S3TokenStore(read_store_url(url))


@hookimpl
def open_media_source(url: str) -> MediaSource | None:
    """Open the object that *url* names as media."""
    if not _is_ours(url):
        return None
    from tiktok_bridge_s3.media import S3Media  # noqa: PLC0415 - see above
    from tiktok_bridge_s3.urls import read_media_url  # noqa: PLC0415 - see above

    return S3Media(read_media_url(url))


@hookimpl
def open_notifier(url: str) -> Notifier | None:
    """Open the prefix that *url* names as a place for events, one object each."""
    if not _is_ours(url):
        return None
    from tiktok_bridge_s3.notifier import S3Notifier  # noqa: PLC0415 - see above
    from tiktok_bridge_s3.urls import read_notifier_url  # noqa: PLC0415 - see above

    return S3Notifier(read_notifier_url(url))


@hookimpl
def known_secrets() -> list[str]:
    """Return the keys of the AWS environment, and of the profiles that were used."""
    from tiktok_bridge_s3.secrets import known  # noqa: PLC0415 - see above

    return known()


@hookimpl
def register_collectors() -> list[Collector]:
    """Return what gathers the facts of the servers for the doctor."""
    from tiktok_bridge import Collector  # noqa: PLC0415 - see above

    return [Collector("s3", _collect, "S1", seconds=8.0)]


def _collect(visit: Visit) -> Iterator[Fact]:
    """Ask only where there is something to ask: the library takes long to import."""
    urls = [url for _, _, url in visit.settings.plugged()] if visit.settings else []
    if any(_is_ours(url) for url in urls):
        from tiktok_bridge_s3.facts import collect  # noqa: PLC0415 - see above

        yield from collect(visit)


@hookimpl
def register_checks() -> list[Check]:
    """Return what judges them."""
    from tiktok_bridge_s3.checks import CHECKS  # noqa: PLC0415 - see above

    return list(CHECKS)


def _is_ours(url: str) -> bool:
    return url[: len(SCHEME)].lower() == SCHEME
