"""tok.scopes_probe: TikTok lets the tokens do what is configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import (
    NO_SCOPE,
    NO_SUCH_POST,
    code,
    newest,
    proven_scopes,
    wanted_scopes,
)
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

GOOD: Final = ("ok", *NO_SUCH_POST)

SEEN: Final = ("creator_info", "status", "user_info")


def _judge(facts: Facts) -> Iterator[Finding]:
    """TikTok takes a question that needs the scope, and says so.

    creator_info needs `video.publish`; the status of a post that does not exist needs
    that or `video.upload`. A refusal for a scope is no expired token.
    """
    wanted = wanted_scopes(facts)
    lacking = {
        about: one
        for about, one in newest(facts, "user_info").items()
        if code(one) in NO_SCOPE
    }
    told = lacking | newest(facts, "status") | newest(facts, "creator_info")
    for about in sorted(told):
        proven = proven_scopes(facts, about)
        seen = [one for name in SEEN if (one := newest(facts, name).get(about))]
        missing = [s for s in wanted or proven if proven.get(s) is False]
        good = [one for one in seen if code(one) in GOOD or proven.get("video.publish")]
        if missing:
            yield failed(
                "missing",
                f"TikTok refuses for lack of {', '.join(missing)}",
                *(one for one in seen if code(one) in NO_SCOPE),
                who="creator",
                fix=Remedy(
                    "Let the creator log in again and grant it; renewing adds none.",
                    f"tiktok-bridge auth login {about}",
                ),
                about=about,
            )
        elif good:
            yield passed("granted", "TikTok takes what needs it", *good, about=about)


SCOPES_PROBE = Check(
    "tok.scopes_probe",
    "TikTok lets the tokens do what is configured",
    _judge,
    needs=("net.api_shape", "tok.valid", "tok.scopes_stored"),
    effect="S2",
    reads=("creator", "config"),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status",
)
