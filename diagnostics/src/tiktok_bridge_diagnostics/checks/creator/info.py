"""creator.info: TikTok tells about the creators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.answers import code, newest, trouble
from tiktok_bridge_diagnostics.say import failed, passed, unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

LEVELS: Final = "privacy_level_options"


def _judge(facts: Facts) -> Iterator[Finding]:
    """creator_info answers `ok`, and says which levels are offered.

    A ban and a full limit come with HTTP 200; other checks name them.
    """
    for about, one in sorted(newest(facts, "creator_info").items()):
        said = code(one)
        if said == "ok" and isinstance(one.data["answered"].get(LEVELS), list):
            yield passed("told", "TikTok tells about the creator", one, about=about)
        elif said is None:
            yield unknown(
                "no-answer",
                trouble(one),
                one,
                about=about,
                settles_it="another run in some minutes",
            )
        else:
            yield failed(
                "incomplete" if said == "ok" else "refused",
                f"TikTok answers {said} and names no levels",
                one,
                who="tiktok",
                fix=Remedy("Look the code up.", f"tiktok-bridge doctor explain {said}"),
                about=about,
            )


INFO = Check(
    "creator.info",
    "TikTok tells about the creators",
    _judge,
    needs=(
        "net.api_shape",
        "tok.valid",
        "tok.scopes_stored",
        "tok.scopes_probe",
        "creator.can_post",
        "creator.user_cap",
    ),
    effect="S2",
    reads=("creator",),
    docs="https://developers.tiktok.com/doc/content-posting-api-reference-query-creator-info",
)
