"""creator.duration: planned videos are short enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.planned import offers
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """No planned video is longer than TikTok lets its creator post.

    The limit is the creator's own, and may change.
    """
    for plan, one in offers(facts):
        limit = one.data["answered"].get("max_video_post_duration_sec")
        seconds = plan.data.get("seconds")
        if not isinstance(limit, int) or not isinstance(seconds, int | float):
            continue
        says = f"{seconds:.1f} s, and the creator's limit is {limit} s"
        if seconds <= limit:
            yield passed("fits", says, plan, one, about=plan.about)
            continue
        yield failed(
            "too-long",
            says,
            plan,
            one,
            who="operator",
            fix=Remedy("Cut the video, or post it as several."),
            about=plan.about,
        )


DURATION = Check(
    "creator.duration",
    "Planned videos are short enough",
    _judge,
    needs=("creator.info",),
    effect="S2",
    reads=("plans", "creator"),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
