"""creator.user_cap: the app has room for more creators today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import CAPPED, code, newest
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """The app's number of posting creators in 24 hours is not used up.

    It is one of the app, not of the creator, who cannot help it; it is small before
    the audit.
    """
    told = newest(facts, "creator_info").values()
    full = [one for one in told if code(one) == CAPPED]
    free = [one for one in told if code(one) == "ok"]
    if full:
        yield failed(
            "full",
            "the app's creators of the day are used up",
            *full,
            who="wait",
            fix=Remedy(
                "Wait up to 24 hours; apply for the audit, or for a larger number if"
                " the app has passed it."
            ),
        )
    elif free:
        yield passed("room", "TikTok names no limit", *free)


USER_CAP = Check(
    "creator.user_cap",
    "The app has room for more creators today",
    _judge,
    needs=("net.api_shape",),
    effect="S2",
    reads=("creator",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
