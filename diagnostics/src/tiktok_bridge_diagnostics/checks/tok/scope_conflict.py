"""tok.scope_conflict: stored scopes are the ones that TikTok sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.answers import ASKED, newest, proven_scopes
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """What the token came with is what TikTok's answers show.

    They differ after a creator has changed the grant in TikTok's settings, or after a
    token was imported with a wrong list; TikTok is right.
    """
    for one in facts.of("token", status="ok"):
        stored, proven = one.data["scopes"], proven_scopes(facts, one.about)
        seen = [f for name in ASKED if (f := newest(facts, name).get(one.about))]
        differ = sorted(s for s in proven if (s in stored) != proven[s])
        if not stored or not proven:
            continue
        if not differ:
            yield passed("agree", "both say the same", one, *seen, about=one.about)
            continue
        yield warned(
            "differ",
            f"stored and seen differ in {', '.join(differ)}",
            one,
            *seen,
            who="creator",
            fix=Remedy(
                "Let the creator log in again, which stores what is granted.",
                f"tiktok-bridge auth login {one.about}",
            ),
            about=one.about,
            certainty=Certainty.CONTRADICTED,
            settles_it="a new login",
        )


SCOPE_CONFLICT = Check(
    "tok.scope_conflict",
    "Stored scopes are the ones that TikTok sees",
    _judge,
    needs=("net.api_shape", "tok.valid"),
    effect="S2",
    reads=("creator", "tokens"),
    docs="https://developers.tiktok.com/doc/scopes-overview",
)
