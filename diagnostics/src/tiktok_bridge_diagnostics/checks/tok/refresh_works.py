"""tok.refresh_works: a token can be renewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check
from tiktok_bridge_diagnostics.answers import trouble
from tiktok_bridge_diagnostics.grants import renewal
from tiktok_bridge_diagnostics.lives import log_in_again
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok gives a new pair for the refresh token, and it was kept.

    This changes the stored token, so it runs only with consent.
    """
    for one in facts.of("renewal"):
        asked = renewal(facts, one.about)
        seen = (one, asked) if asked else (one,)
        if one.data["is_kept"]:
            yield passed("renewed", "it was renewed and kept", *seen, about=one.about)
        elif asked is None:
            continue  # TikTok was not asked, which other checks explain
        elif asked.data["code"] == "invalid_grant":
            yield failed(
                "refused",
                "TikTok does not renew it: it ended, was revoked, or is used up",
                *seen,
                who="creator",
                fix=log_in_again(one.about),
                about=one.about,
            )
        else:
            said = asked.data["code"] or trouble(asked)
            yield unknown(
                "other",
                f"it was not renewed ({said})",
                *seen,
                about=one.about,
                settles_it=f"`tiktok-bridge auth refresh {one.about}`",
            )


REFRESH_WORKS = Check(
    "tok.refresh_works",
    "A token can be renewed",
    _judge,
    needs=("app.client_valid", "tok.decrypt", "tok.refresh_intent"),
    effect="S3",
    reads=("refresh",),
    docs="https://developers.tiktok.com/doc/oauth-refresh-a-user-access-token",
)
