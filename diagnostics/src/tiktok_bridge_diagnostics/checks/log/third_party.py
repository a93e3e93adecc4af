"""log.third_party: no library logs addresses or bodies into the open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.outcomes import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding


def _judge(facts: Facts) -> Iterator[Finding]:
    """httpx, urllib3, botocore and the like log no address or body without redaction.

    The address of an upload is a secret, and so are the signatures of S3. At INFO or
    DEBUG these libraries log them, whatever we do with our own messages.
    """
    found = facts.of("talker")
    loud = [one for one in found if one.data["is_talking"] and one.data["reaches_open"]]
    if loud:
        names = ", ".join(one.about for one in loud)
        says = f"addresses or bodies reach a handler without redaction, from {names}"
        remedy = Remedy(
            f"Set these loggers to WARNING ({names}), or call"
            " `bridge.redaction.put_on(handler)`."
        )
        yield failed("loud", says, remedy, *loud, about="")
    elif found:
        says = "libraries log nothing into the open"
        yield passed("quiet", says, *found, about="")


THIRD_PARTY = Check(
    "log.third_party",
    "No library logs addresses or bodies into the open",
    _judge,
    reads=("logging",),
)
