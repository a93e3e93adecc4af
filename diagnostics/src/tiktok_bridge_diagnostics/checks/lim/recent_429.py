"""lim.429_recent: TikTok did not call for fewer calls lately."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import passed, warned

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

HOUR: Final = 3600.0
CODE: Final = "rate_limit_exceeded"
TOO_MANY: Final = 429


def _judge(facts: Facts) -> Iterator[Finding]:
    """No answer of the last hour was 429, the limit of TikTok's windows of a minute.

    It is not the cap of a day. Publishing waits a minute by itself.
    """
    told = [one for one in facts.of("http") if facts.now - one.at <= HOUR]
    told = [one for one in told if one.data.get("status") is not None]
    posts = facts.of("posts")
    late = [
        one
        for one in posts
        if any(
            code == CODE and facts.now - at <= HOUR for code, at in one.data["refusals"]
        )
    ]
    full = [one for one in told if one.data["status"] == TOO_MANY or _says(one.data)]
    if full or late:
        counted = Counter(str(one.data["endpoint"]) for one in full)
        counted.update("init" for _ in late)
        words = ", ".join(
            f"{count} of {name}" for name, count in sorted(counted.items())
        )
        fix = Remedy("Wait a minute, and make fewer calls beside those of publish.")
        says = f"too many calls in the last hour: {words}"
        yield warned("some", says, *full, *late, who="wait", fix=fix)
    elif told or posts:
        yield passed("none", "none in the last hour", *(told[-1:] or posts[-1:]))


def _says(data: object) -> bool:
    return isinstance(data, dict) and data.get("code") == CODE


RECENT_429 = Check("lim.429_recent", "No recent 429", _judge, reads=("history",))
