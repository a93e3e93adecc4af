"""hook.selftest: TikTok's webhooks are told from forgeries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tiktok_bridge import Check, Remedy
from tiktok_bridge_diagnostics.say import failed, passed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tiktok_bridge import Facts, Finding

GENUINE: Final = ("plain", "upper_case", "reordered", "two_signatures", "bytes")
"""Vectors that have to be taken; every other one is a forgery."""


def _judge(facts: Facts) -> Iterator[Finding]:
    """Signed requests are taken, and forged, old and future ones are refused.

    It proves the code that verifies, by a secret made up for it; not that the client
    secret of `bridge.yaml` is the one that TikTok signs with.
    """
    fact = facts.last("webhooks")
    if fact is None:
        return
    taken = fact.data["taken"]
    wrong = sorted(name for name in taken if taken[name] != (name in GENUINE))
    if not wrong and set(GENUINE) < set(taken):
        yield passed("told-apart", f"{len(taken)} vectors came out right", fact)
        return
    yield failed(
        "confused",
        f"these vectors came out wrong: {', '.join(wrong) or 'some are missing'}",
        fact,
        who="operator",
        fix=Remedy("Take no webhooks, and install tiktok-bridge anew."),
    )


SELFTEST = Check(
    "hook.selftest",
    "Webhooks are told from forgeries",
    _judge,
    reads=("webhooks",),
    docs="https://developers.tiktok.com/doc/webhooks-verification",
)
