"""app.url_property: the addresses of media are of verified properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Fact, Facts, Finding

UNVERIFIED: Final = "url_ownership_unverified"

RECENT: Final = 900.0
"""Seconds for which an answer is thought to be still true."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok fetches media from the addresses that it is given.

    It does so from verified domains and prefixes only, also in a sandbox; that a
    domain can be reached has nothing to do with it. The newest answer counts.
    """
    told = [*_inits(facts), *facts.of("attempt", code=UNVERIFIED)]
    if not told:
        return
    last = max(told, key=lambda one: (one.at, one.id))
    if last.data["code"] == UNVERIFIED:
        yield failed(
            "unverified",
            "TikTok does not fetch from there: the address is of no verified property",
            last,
            who="developer",
            fix=Remedy("Verify the domain or prefix of the media host in the portal."),
            certainty=Certainty.CONFIRMED
            if last.kind == "http" and facts.now - last.at < RECENT
            else Certainty.PROBABLE,
            settles_it="another post that is pulled",
        )
    elif last.data["code"] == "ok":
        yield passed("verified", "TikTok has taken an address to fetch", last)


def _inits(facts: Facts) -> Iterator[Fact]:
    for name in ("video_init", "inbox_init", "photo_init"):
        for one in facts.of("http", endpoint=name):
            source = one.data["asked"].get("source_info")
            if isinstance(source, dict) and source.get("source") == "PULL_FROM_URL":
                yield one


URL_PROPERTY = Check(
    "app.url_property",
    "The addresses of media are of verified properties",
    _judge,
    needs=("app.client_valid",),
    effect="S4",
    reads=("probe",),
    docs="https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide",
)
