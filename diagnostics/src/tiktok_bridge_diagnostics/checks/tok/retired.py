"""tok.retired: no refresh token was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.lives import log_in_again
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """Every account still has the refresh token that came with its access token.

    One that TikTok has refused is never offered again, and is not kept.
    """
    for one in facts.of("token", status="ok"):
        if one.data["is_renewable"]:
            yield passed("held", "its refresh token is kept", one, about=one.about)
        elif one.data["refresh_expires_at"] is not None:
            yield warned(
                "refused",
                "TikTok has refused its refresh token, which is not offered again",
                one,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
            )


RETIRED = Check(
    "tok.retired",
    "No refresh token was refused",
    _judge,
    needs=("tok.decrypt", "tok.access_expiry"),
    reads=("tokens",),
)
