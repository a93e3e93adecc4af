"""tok.revoked_event: no creator has taken the access back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Certainty, Check
from tiktok_bridge_diagnostics.answers import ASKED, DEAD, code, newest
from tiktok_bridge_diagnostics.lives import log_in_again
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """No post has failed because its creator removed the app.

    TikTok says so as `auth_removed` of a post under way. A token that TikTok takes now
    is of a later login.
    """
    for one in facts.of("removal"):
        seen = [newest(facts, name).get(one.about) for name in ASKED]
        taken = [f for f in seen if f and code(f) not in (None, DEAD)]
        dead = [f for f in seen if f and code(f) == DEAD]
        if taken:
            yield passed("since-renewed", "TikTok takes it", *taken, about=one.about)
        elif dead:
            yield failed(
                "removed",
                "the creator has removed the app's access",
                one,
                *dead,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
                certainty=Certainty.PROBABLE,
                settles_it="the creator: TikTok, Settings, Apps and services",
            )


REVOKED_EVENT = Check(
    "tok.revoked_event",
    "No creator has taken the access back",
    _judge,
    needs=("net.api_shape",),
    reads=("plans", "creator"),
    docs="https://developers.tiktok.com/doc/webhooks-events",
)
