"""tok.refresh_intent: no renewal was left half done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Certainty, Check, Remedy
from tiktok_bridge_diagnostics.lives import shown
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

UNDER_WAY: Final = 120.0
"""Seconds for which a renewal may be under way in another process."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """No renewal has begun whose end nobody has noted.

    Such a one was cut off by a crash or a lost answer: TikTok has probably used up the
    refresh token then. That is nobody's decision, least of all the creator's.
    """
    for one in facts.of("token", status="ok"):
        began = one.data["renewal_began_at"]
        if began is None:
            yield passed("none", "no renewal is open", one, about=one.about)
        elif facts.now - began < UNDER_WAY:
            yield unknown(
                "under-way",
                "a renewal has begun a moment ago",
                one,
                about=one.about,
                settles_it="another run in two minutes",
            )
        else:
            yield failed(
                "cut-off",
                f"a renewal began {shown(facts.now - began)} ago and never ended;"
                " its refresh token is probably used up",
                one,
                who="creator",
                fix=Remedy(
                    "Renew it once more; if TikTok refuses, let the creator log in.",
                    f"tiktok-bridge auth refresh {one.about}",
                ),
                about=one.about,
                certainty=Certainty.PROBABLE,
                settles_it=f"`tiktok-bridge auth refresh {one.about}`",
            )


REFRESH_INTENT = Check(
    "tok.refresh_intent",
    "No renewal was left half done",
    _judge,
    needs=("tok.decrypt",),
    reads=("tokens",),
    docs="https://developers.tiktok.com/doc/oauth-refresh-a-user-access-token",
)
