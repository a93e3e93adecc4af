"""ver.self: this release knows TikTok's pages of these months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

DAY: Final = 86_400.0
MOST: Final = 90
"""Days after which pages may have changed; TikTok's have done so within months."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok's pages were read for this release less than 90 days ago.

    Nobody is asked whether there is a newer release.
    """
    release = facts.last("release")
    if release is None:
        return
    days = round((facts.now - release.data["read_at"]) / DAY)
    says = f"version {release.data['version']}; pages were read {days} days ago"
    if days <= facts.number("ver.self", "days", MOST):
        yield passed("recent", says, release)
        return
    fix = Remedy("Look for a newer release.", "pip install -U tiktok-bridge")
    yield warned("old", says, release, who="operator", fix=fix)


SELF = Check(
    "ver.self",
    "This release is recent",
    _judge,
    reads=("release",),
    numbers=("days",),
)
