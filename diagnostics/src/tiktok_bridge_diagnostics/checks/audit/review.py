"""audit.review: the app is reviewed, which is another approval than the audit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Finding, Remedy, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts

OF_A_CREATOR: Final = ("creator_info", "user_info", "status", "video_init")
"""Endpoints that answer a token of a creator only."""

REFUSED: Final = "unauthorized_client"


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok has approved the app, so that creators can log in to it.

    An app that is live, and whose creators' tokens TikTok takes, has passed the review
    alone. The audit of the Content Posting API is another approval: audit.verdict.
    """
    config = facts.last("config", environment="production")
    if config is None:
        return
    told = facts.of("http", code="ok")
    taken = [one for one in told if one.data.get("endpoint") in OF_A_CREATOR]
    refused = facts.of("http", endpoint="token", code=REFUSED)
    if taken:
        says = "creators could log in to it, so it is live; that is not the audit"
        sure = Certainty.PROBABLE
        yield Finding(Status.PASS, "live", says, "", sure, (config, taken[-1]))
    elif refused:
        yield Finding(
            Status.UNKNOWN,
            "login-refused",
            "TikTok does not let the app log in: it may be a draft or in review, lack"
            " Login Kit, or have another key",
            certainty=Certainty.NONE,
            evidence=(config, refused[-1]),
            who_acts="developer",
            remedy=Remedy("Look at the state of the app at developers.tiktok.com."),
            settles_it="the state of the app in the portal: Draft, In review or Live",
        )


REVIEW = Check(
    "audit.review", "The app is reviewed", _judge, reads=("config", "creator", "probe")
)
