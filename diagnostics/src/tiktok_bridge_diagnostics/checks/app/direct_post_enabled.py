"""app.direct_post_enabled: the app may post directly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check
from tiktok_bridge_diagnostics.answers import NO_SCOPE, SPAM
from tiktok_bridge_diagnostics.audit import UNAUDITED, attempts
from tiktok_bridge_diagnostics.say import passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok has taken an init of a direct post, or refused it for another reason.

    Direct Post is a switch of its own inside the product Content Posting API. No page
    says with which code an app is refused that has it off, so a refusal for the scope
    is told as unknown.
    """
    told = [one for one in attempts(facts) if one.code]
    if not told:
        return
    last = max(told, key=lambda one: (one.at, one.account))
    if last.code == "ok":
        yield passed("taken", "TikTok has taken a direct post", *last.facts)
    elif last.code in UNAUDITED or str(last.code).startswith(SPAM):
        said = f"TikTok judged a direct post ({last.code})"
        yield passed("judged", said, *last.facts, certainty=Certainty.PROBABLE)
    elif last.code in NO_SCOPE:
        yield unknown(
            "refused-for-scope",
            "TikTok refused a direct post for its scope",
            *last.facts,
            settles_it="the portal: Content Posting API, switch Direct Post",
        )


DIRECT_POST_ENABLED = Check(
    "app.direct_post_enabled",
    "The app may post directly",
    _judge,
    needs=("app.client_valid",),
    effect="S4",
    reads=("probe",),
    docs="https://developers.tiktok.com/doc/content-posting-api-get-started",
)
