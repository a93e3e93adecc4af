"""Ask for an init whose answer tells of the audit; no byte of a video is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Collector, Fact
from tiktok_bridge_diagnostics.audit import visibility
from tiktok_bridge_diagnostics.trying import SWALLOWED, telling, trying

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Visit

SECONDS = 30.0
"""After how long it is given up."""

WHAT = (
    "TikTok will be asked to take a post of {account!r}, and no byte of it will be"
    " sent, so that none comes to be. Whether TikTok counts it among the posts of the"
    " day, no page says."
)
"""What somebody consents to."""


def collector(account: str) -> Collector:
    """Return what probes *account*, once somebody consented to it.

    It yields one fact of kind `probe`: `visibility` (of the account), `asked` (the
    level, None if no answer would tell anything and so nothing was asked).
    """

    def collect(visit: Visit) -> Iterator[Fact]:
        with trying(visit, account) as one:
            try:
                info = one.creator()
            except SWALLOWED:
                return  # the tape has it
            level = telling(info)
            seen = visibility(list(info.privacy_level_options))
            yield Fact("probe", account, {"visibility": seen, "asked": level})
            if level is None:
                return
            try:
                one.init(level)
            except SWALLOWED:
                return  # likewise

    return Collector("probe", collect, "S4", SECONDS)
