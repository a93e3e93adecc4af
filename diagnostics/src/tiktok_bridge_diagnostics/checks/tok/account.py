"""tok.account: tokens are of the user that they were given for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.lives import log_in_again
from tiktok_bridge_diagnostics.say import failed, passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

WINDOW: Final = Remedy(
    "If that is not meant, log in again in a private window, as the right user:"
    " `tiktok-bridge auth login --replace`."
)


def _judge(facts: Facts) -> Iterator[Finding]:
    """The user that TikTok names is the one of the stored token.

    Two accounts here may be one TikTok user; then a revocation of one ends both, and a
    login in the wrong browser window is the likeliest cause.
    """
    for one in facts.of("user"):
        if one.data["is_same"] is False:
            yield failed(
                "another-user",
                "TikTok names another user than the one that logged in",
                one,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
            )
    for one in facts.of("token", status="ok"):
        seen = facts.last("user", one.about, is_same=True)
        if one.data["namesakes"]:
            yield warned(
                "namesake",
                f"{one.data['namesakes']} more account(s) are the same TikTok user",
                one,
                who="operator",
                fix=WINDOW,
                about=one.about,
            )
        elif seen:
            yield passed("same", "TikTok names the same user", seen, about=one.about)


ACCOUNT = Check(
    "tok.account",
    "Tokens are of the user that they were given for",
    _judge,
    needs=("tok.valid",),
    effect="S2",
    reads=("creator", "tokens"),
)
