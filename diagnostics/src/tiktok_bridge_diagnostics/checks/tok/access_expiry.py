"""tok.access_expiry: access tokens live, or can be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.lives import (
    is_renewable,
    log_in_again,
    seconds_left,
    shown,
)
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """The access token has not ended, or a refresh token renews it with the next call.

    One that has ended is no fault while it can be renewed; but the doctor renews
    nothing, so TikTok cannot be asked about the account.
    """
    for one in facts.of("token", status="ok"):
        left, sure = seconds_left(facts, one.data["expires_at"])
        if left > 0:
            says = f"it lives for another {shown(left)}"
            yield passed("lives", says, one, about=one.about, certainty=sure)
        elif is_renewable(facts, one):
            yield warned(
                "ended",
                f"it ended {shown(-left)} ago; the next call renews it",
                one,
                who="operator",
                fix=Remedy("Renew it.", f"tiktok-bridge auth refresh {one.about}"),
                about=one.about,
                certainty=sure,
            )
        else:
            yield failed(
                "ended-for-good",
                f"it ended {shown(-left)} ago, and nothing renews it",
                one,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
                certainty=sure,
            )


ACCESS_EXPIRY = Check(
    "tok.access_expiry",
    "Access tokens live, or can be renewed",
    _judge,
    needs=("tok.decrypt", "clock.skew"),
    reads=("tokens",),
    docs="https://developers.tiktok.com/doc/oauth-user-access-token-management",
)
