"""Publish the test clip, and see what comes of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from tiktok_bridge import BridgeError, Collector, Fact
from tiktok_bridge_diagnostics.audit import ONLY_ME, PUBLIC
from tiktok_bridge_diagnostics.trying import SWALLOWED, trying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tiktok_bridge import CreatorInfo, Progress, Started, Visit
    from tiktok_bridge_diagnostics.trying import Trying

PATIENCE: Final = 180.0
"""Seconds that TikTok has to bring the post to its end."""

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0

WHAT: Final = (
    "A short silent clip will be posted to {account!r}, {who}. You will have to delete"
    " it in the TikTok app: no page of TikTok's API describes a way to."
)
"""What somebody consents to."""

ENDS: Final = ("PUBLISH_COMPLETE", "FAILED")


def collector(
    account: str,
    public_as: str | None = None,
    *,
    patience: float = PATIENCE,
    sleep: Callable[[float], None] = time.sleep,
) -> Collector:
    """Return what posts the clip to *account*, once somebody consented to it.

    It yields one fact of kind `trial`: `asked` (the level), `marker` (in the caption),
    `status` (TikTok's last word; empty if it refused the post), `level` (the privacy
    level that the status named, or None), `visibility` (`public`, `not_public_so_far`
    or `unknown`) and `source`, what that was derived from.

    Args:
        account: Whose the post will be.
        public_as: The handle of the account, if the post shall be public; else it is
            for its creator alone.
        patience: Seconds to wait for its end.
        sleep: Waits some seconds.
    """

    def collect(visit: Visit) -> Iterator[Fact]:
        with trying(visit, account) as one:
            try:
                level = _level(one.creator(), public_as)
                started = one.init(level)
                one.send(started)
                last = _watch(one, started, level, patience, sleep)
            except SWALLOWED:
                last = None  # the tape has why
                level = PUBLIC if public_as else ONLY_ME
            data = {"asked": level, "marker": one.marker} | _seen(last)
            yield Fact("trial", account, data)

    return Collector("testpost", collect, "S5", patience + 60.0)


def _level(info: CreatorInfo, public_as: str | None) -> str:
    """Return the level to ask for.

    Raises:
        BridgeError: It is not offered, or the account has another handle.
    """
    handle = (public_as or "").removeprefix("@").lower()
    if public_as and handle != info.username.lower():
        raise BridgeError(
            f"the account's handle is not {public_as}; nothing was posted"
        )
    level = PUBLIC if public_as else ONLY_ME
    if level not in info.privacy_level_options:
        raise BridgeError(
            f"TikTok does not offer {level} to this account; nothing was posted"
        )
    return level


def _watch(
    one: Trying,
    started: Started,
    level: str,
    patience: float,
    sleep: Callable[[float], None],
) -> Progress:
    """Return what TikTok says at the end, or when the patience is over."""
    waited, pause = 0.0, FIRST_PAUSE
    while True:
        progress = one.status(started)
        if _is_over(progress, level) or waited >= patience:
            return progress
        sleep(pause)
        waited += pause
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _is_over(progress: Progress, level: str) -> bool:
    """Tell whether nothing more is to come: a public post is named later."""
    is_named = bool(progress.post_ids or progress.privacy_level)
    return progress.status in ENDS and (
        level != PUBLIC or is_named or progress.status == "FAILED"
    )


def _seen(progress: Progress | None) -> dict[str, Any]:
    if progress is None:
        return {
            "status": "",
            "level": None,
            "visibility": "unknown",
            "source": "no-answer",
        }
    told = {"status": progress.status, "level": progress.privacy_level}
    if progress.post_ids:
        seen, source = "public", "public-id"
    elif progress.privacy_level:
        is_public = progress.privacy_level == PUBLIC
        seen, source = ("public" if is_public else "not_public_so_far"), "privacy-level"
    elif progress.status in ENDS:
        seen, source = "not_public_so_far", "no-public-id"
    else:
        seen, source = "unknown", "not-finished"
    return told | {"visibility": seen, "source": source}
