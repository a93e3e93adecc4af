"""creator.visibility: it is known who is public and who is private."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check
from tiktok_bridge_diagnostics.answers import code, newest
from tiktok_bridge_diagnostics.audit import visibility
from tiktok_bridge_diagnostics.say import passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """What TikTok offers shows whether the account is public or private.

    An unaudited app posts to private accounts only. What is offered describes the
    account and proves nothing about an audit.
    """
    for about, one in sorted(newest(facts, "creator_info").items()):
        offered = one.data["answered"].get("privacy_level_options")
        if code(one) != "ok" or not isinstance(offered, list):
            continue
        seen = visibility(offered)
        if seen == "unknown":
            yield unknown(
                "unknown",
                "what is offered fits no kind of account",
                one,
                about=about,
                settles_it="the creator: TikTok, Settings, Privacy, Private account",
            )
        else:
            says = f"the account is {seen}"
            yield passed(seen, says, one, about=about, certainty=Certainty.PROBABLE)


VISIBILITY = Check(
    "creator.visibility",
    "It is known who is public and who is private",
    _judge,
    needs=("creator.info",),
    effect="S2",
    reads=("creator",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
